import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from '../../../support/folder.js';
import { processesOf } from '../../../support/libvirt.js';
import { startScript } from '../../../support/process.js';
import { until } from '../../../support/until.js';

const program = join(import.meta.dirname, 'guard-program.ts');

test('a kill -9 runs the command', async () => {
  const file = join(testFolder(), 'done');
  const running = startScript(program, [file]);
  await running.says(/ready/);
  const exit = once(running.child, 'exit');
  running.signal('SIGKILL');
  await exit;
  await until('the command', () => existsSync(file));
});

test('one that was released runs nothing and is gone', async () => {
  const folder = testFolder();
  const running = startScript(program, [join(folder, 'done'), 'release']);
  expect(await running.ended).toBe(0);
  await until('the shell to end', () => processesOf(folder).length === 0);
  expect(existsSync(join(folder, 'done'))).toBe(false);
});
