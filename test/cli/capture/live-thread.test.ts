import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from '../../support/folder.js';
import { startScript } from '../../support/process.js';
import { recordingFile } from '../../support/recording-file.js';

/** A process that prints these recordings as they grow, until standard input says that they are complete. */
async function printed(
  format: 'json' | 'text',
  names: readonly string[],
): Promise<{ stdout: string; said: string }> {
  const folder = testFolder();
  const paths = [];
  for (const name of names) {
    paths.push(await recordingFile(join(folder, `${name}.qmptap`), [`-> {"execute":"${name}"}`]));
  }
  const running = startScript('test/cli/capture/live-view-program.ts', [format, ...paths]);
  expect(await running.ended).toBe(0);
  return { stdout: running.stdout(), said: running.stderr() };
}

test('prints the first file and those that are added, each to its end', async () => {
  const { stdout, said } = await printed('text', ['one', 'two', 'three']);
  for (const name of ['one', 'two', 'three']) expect(stdout).toContain(`{"execute":"${name}"}`);
  expect(said).toBe('');
});

test('prints JSON, a message a line', async () => {
  const { stdout } = await printed('json', ['one']);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { name?: string });
  expect(lines.map(({ name }) => name)).toContain('one');
});

test('a file that cannot be read fails the view, and the process goes on', async () => {
  const path = join(testFolder(), 'a.qmptap');
  appendFileSync(path, 'no recording');
  const running = startScript('test/cli/capture/live-view-program.ts', ['text', path]);
  expect(await running.ended).toBe(0);
  expect(running.stderr()).toMatch(/^failed: .*a\.qmptap/);
  expect(running.stdout()).toBe('');
});
