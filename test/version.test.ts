import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { version } from '../src/version.js';

const { version: packaged } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

test('is that of the package, in the sources and in what is built', () => {
  expect(version).toBe(packaged);
  const { stdout } = spawnSync(process.execPath, ['dist/cli/main.js', '--version'], { encoding: 'utf8' });
  expect(stdout).toBe(`${packaged}\n`);
});
