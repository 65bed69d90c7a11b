import { expect, test } from 'vitest';
import {
  giveBuffer,
  largeBuffer,
  smallBuffer,
  takeBuffer,
} from '../../../src/store/journal/journal-buffer.js';

test('a buffer that was given back is taken again, and only a few of the large ones are kept', () => {
  const small = takeBuffer(smallBuffer);
  expect([small.bytes.length, small.view.buffer === small.bytes.buffer]).toEqual([16 << 10, true]);
  giveBuffer(small);
  expect(takeBuffer(smallBuffer)).toBe(small);
  const large = Array.from({ length: 5 }, () => takeBuffer(largeBuffer));
  for (const each of large) giveBuffer(each);
  const again = Array.from({ length: 5 }, () => takeBuffer(largeBuffer));
  expect(again.filter((each) => large.includes(each))).toHaveLength(2);
});
