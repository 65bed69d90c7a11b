import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pathsFrom } from '../../../src/cli/completion/paths.js';
import { testFolder } from '../../support/folder.js';

test.each([
  ['', ['recording'], ['boot.qmptap', 'link/', 'logs/']],
  ['', ['folder'], ['link/', 'logs/']],
  ['boot', ['file'], ['boot.log', 'boot.qmptap']],
  ['.h', ['recording'], ['.hidden.qmptap']],
  ['', [], []],
  ['missing/', ['file'], []],
] as const)('%j of kind %j', (typed, kinds, names) => {
  const folder = testFolder();
  mkdirSync(join(folder, 'logs'));
  symlinkSync('logs', join(folder, 'link'));
  symlinkSync('nowhere', join(folder, 'broken'));
  for (const name of ['boot.qmptap', 'boot.log', '.hidden.qmptap']) writeFileSync(join(folder, name), '');
  expect(pathsFrom(`${folder}/${typed}`, kinds)).toEqual(names.map((name) => `${folder}/${name}`));
});
