import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findProgram, isExecutable } from '../../../src/launch/qemu/program.js';
import { testFolder } from '../../support/folder.js';

test('a program is a file that may be executed, by its path or from $PATH', () => {
  const folder = testFolder();
  const path = join(folder, 'program');
  writeFileSync(path, '');
  mkdirSync(join(folder, 'folder'));
  expect(findProgram(path)).toBeUndefined();
  chmodSync(path, 0o755);
  expect(findProgram(path)).toBe(path);
  expect(findProgram(join(folder, 'folder'))).toBeUndefined();
  expect(isExecutable(join(folder, 'none'))).toBe(false);
  expect(findProgram('sh')).toMatch(/^\/.*\/sh$/);
  expect(findProgram('no-such-program')).toBeUndefined();
});
