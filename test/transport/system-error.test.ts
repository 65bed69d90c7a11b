import { openSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  EAGAIN,
  EMFILE,
  ENFILE,
  ENOENT,
  errorText,
  isOutOfDescriptors,
  nodeErrorText,
} from '../../src/transport/system-error.js';

function failure(path: string): unknown {
  try {
    return openSync(path, 'r');
  } catch (error) {
    return error;
  }
}

test('an error has its words and its name, by number and as Node raises it', () => {
  expect(errorText(ENOENT)).toBe('no such file or directory (ENOENT)');
  expect(errorText(9999)).toBe('unknown system error (9999)');
  expect(nodeErrorText(failure('/nowhere/at/all'))).toBe('no such file or directory (ENOENT)');
  expect(nodeErrorText(new Error('of our own'))).toBe('of our own');
  expect(nodeErrorText('text')).toBe('text');
});

test('only a lack of descriptors may pass', () => {
  expect([EMFILE, ENFILE, EAGAIN, undefined].map(isOutOfDescriptors)).toEqual([true, true, false, false]);
  expect(isOutOfDescriptors(Object.assign(new Error('x'), { errno: -EMFILE }))).toBe(true);
  expect(isOutOfDescriptors(failure('/nowhere/at/all'))).toBe(false);
});
