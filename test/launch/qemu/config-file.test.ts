import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readConfigFile } from '../../../src/launch/qemu/config-file.js';
import { testFolder } from '../../support/folder.js';

test('a file of options is read; what is none is left to QEMU', () => {
  const folder = testFolder();
  const [file, large, other] = ['vm.cfg', 'large', 'folder'].map((name) => join(folder, name));
  writeFileSync(file!, '[mon "x"]\n');
  writeFileSync(large!, Buffer.alloc((1 << 20) + 1));
  mkdirSync(other!);
  expect(readConfigFile(file!)).toBe('[mon "x"]\n');
  for (const path of [large!, other!, join(folder, 'missing'), '/dev/zero']) {
    expect(readConfigFile(path)).toBeUndefined();
  }
});
