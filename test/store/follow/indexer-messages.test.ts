import { expect, test } from 'vitest';
import { gauges, signals } from '../../../src/store/follow/indexer-messages.js';

test.each([gauges, signals])('each number of what two threads see has a place of its own: %j', (shared) => {
  const { length, ...places } = shared;
  expect(Object.values(places).sort()).toEqual(Array.from({ length }, (_, place) => place));
});
