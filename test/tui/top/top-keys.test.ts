import { expect, test } from 'vitest';
import { topActionOf, topKeys } from '../../../src/tui/top/top-keys.js';

test('each key has one meaning', () => {
  const keys = topKeys.flatMap((row) => [...row.keys]);
  expect(new Set<string>(keys).size).toBe(keys.length);
  for (const { keys: bound, action } of topKeys)
    for (const key of bound) expect(topActionOf(key)).toBe(action);
  expect(topActionOf('x')).toBeUndefined();
});
