import { expect, test } from 'vitest';
import { directionByMembers } from '../../../src/formats/reading/direction.js';

test.each([
  ['execute', 'c2s'],
  ['exec-oob', 'c2s'],
  ['return', 's2c'],
  ['error', 's2c'],
  ['QMP', 's2c'],
  ['event', 's2c'],
  ['id', undefined],
] as const)('%s: %s', (key, direction) => {
  expect(directionByMembers(new Map([[key, '']]))).toBe(direction);
});
