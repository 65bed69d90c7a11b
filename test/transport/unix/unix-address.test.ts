import { expect, test } from 'vitest';
import { unixSocketAddress } from '../../../src/transport/unix/unix-address.js';

test('a path is a family of two bytes, its UTF-8 and a NUL', () => {
  expect(Array.from(unixSocketAddress('/é'))).toEqual([1, 0, 0x2f, 0xc3, 0xa9, 0]);
});
