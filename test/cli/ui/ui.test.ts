import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from '../../support/folder.js';
import { run } from '../../support/process.js';
import { PtyScreen } from '../../support/pty-screen.js';
import { recordingFile } from '../../support/recording-file.js';

/** `qmptap ui` in a terminal, with recordings in this folder. */
function ui(home: string, ...words: string[]): PtyScreen {
  return new PtyScreen(process.execPath, ['dist/cli/main.js', 'ui', ...words], {
    env: { QMPTAP_HOME: home },
  });
}

test('shows the newest recording, and ends with 0 when the user quits', async () => {
  const home = testFolder();
  const folder = join(home, 'recordings');
  mkdirSync(folder);
  const old = await recordingFile(join(folder, 'b.qmptap'), ['-> {"execute":"old-one"}']);
  utimesSync(old, 1000, 1000);
  await recordingFile(join(folder, 'a.qmptap'), ['-> {"execute":"new-one"}', '-> {"execute":"filtered"}']);
  writeFileSync(join(folder, 'c.txt'), 'newer, and no recording');
  const screen = ui(home);
  await screen.shows('new-one');
  screen.type('Q');
  expect((await screen.ended).exitCode).toBe(0);
  expect(screen.written).not.toContain('old-one');
});

test('begins with the filter of the command line; a signal ends it by its number', async () => {
  const home = testFolder();
  const file = await recordingFile(join(home, 'a.qmptap'), ['-> {"execute":"one"}', '-> {"execute":"two"}']);
  const screen = ui(home, file, 'cmd:two');
  await screen.shows('cmd:two');
  screen.signal('SIGTERM');
  expect((await screen.ended).exitCode).toBe(143);
  expect(screen.written).not.toContain('"one"');
});

test.each([
  ['an empty folder', true, 'nothing has been recorded yet; give a file to look at'],
  ['no folder', false, 'nothing has been recorded yet; give a file to look at'],
])('%s is told in one line', async (_what, made, told) => {
  const home = testFolder();
  if (made) mkdirSync(join(home, 'recordings'));
  const screen = ui(home);
  expect((await screen.ended).exitCode).toBe(1);
  expect(screen.written.trim()).toBe(`qmptap: ${join(home, 'recordings')}: ${told}`);
});

test('without a terminal it says what prints to anything', async () => {
  expect(await run(['ui', 'recordings/demo.qmptap'])).toMatchObject({
    ...{ code: 2, stdout: '' },
    stderr: 'qmptap: ui: standard input and output are not a terminal; `qmptap show` prints to anything\n',
  });
});
