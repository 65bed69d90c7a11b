import { expect, test } from 'vitest';
import { exchange } from '../../support/conversation.js';
import { event } from '../stories/told.js';
import { found } from './found.js';

const asked = (status: string, ram: object = {}) => exchange('query-migrate', undefined, { status, ram });
const stuck = {
  'dirty-pages-rate': 1000,
  'page-size': 4096,
  mbps: 8,
  'dirty-sync-count': 7,
  remaining: 5_000_000,
};
const told =
  'warning migration-not-converging 1/2,4: the migration does not converge: the guest makes 4.1 MB a second dirty, ' +
  '1.0 MB a second are sent; pass 7, 5.0 MB remain';

test('memory gets dirty faster than it is sent', () => {
  expect(found(asked('active', stuck), asked('active', stuck))).toEqual([told]);
});

test('not while it converges, nor in the first passes, nor once it has completed', () => {
  expect(found(asked('active', { ...stuck, mbps: 80 }))).toEqual([]);
  expect(found(asked('active', { ...stuck, 'dirty-sync-count': 2 }))).toEqual([]);
  expect(found(asked('active', stuck), asked('completed'))).toEqual([]);
  expect(found(asked('active', stuck), event('MIGRATION', { status: 'completed' }))).toEqual([]);
});

test('answers that make no sense do no harm', () => {
  expect(found(exchange('query-migrate', undefined, 5), asked('active', { mbps: 'x' }))).toEqual([]);
});
