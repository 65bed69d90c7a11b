import { expect, test } from 'vitest';
import { greeting } from '../../support/recorded.js';
import { command } from '../stories/told.js';
import { found } from './found.js';

test('what broke the protocol, each rule once in a session', () => {
  expect(found(['<-', greeting], command('a', {}), command('b', {}))).toEqual([
    'error protocol-violation 1/2,3: a command before the capabilities negotiation: a, 2 times',
  ]);
});

test('long particulars are cut', () => {
  const [first] = found(['<-', greeting], command('a'.repeat(500), {}));
  expect(first).toContain(`${'a'.repeat(200)}…`);
});
