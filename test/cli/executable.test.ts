import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { executable } from '../../src/cli/executable.js';

test('the program lies beside the code that starts it again, absolute', () => {
  expect(executable).toBe(resolve('src/cli/main.js'));
  expect(existsSync(executable.replace('/src/', '/dist/'))).toBe(true);
});
