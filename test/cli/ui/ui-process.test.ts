import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkTerminal } from '../../../src/cli/ui/ui-process.js';
import { UsageError } from '../../../src/errors.js';
import { testFolder } from '../../support/folder.js';
import { PtyScreen } from '../../support/pty-screen.js';
import { recordingFile } from '../../support/recording-file.js';
import { typescript } from '../../support/typescript.js';

const leavesScreen = '\u001b[?1049l';

/** A terminal that is lent to a UI, which shows its notice. */
async function lent(): Promise<PtyScreen> {
  const path = await recordingFile(join(testFolder(), 'a.qmptap'), ['-> {"execute":"query-status"}']);
  const screen = new PtyScreen(process.execPath, [
    ...typescript,
    'test/cli/ui/lend-terminal-program.ts',
    path,
  ]);
  await screen.shows('query-status');
  return screen;
}

test('a UI that is quit gives the terminal back', async () => {
  const screen = await lent();
  screen.type('Q');
  expect((await screen.ended).exitCode).toBe(0);
  expect(screen.written.slice(screen.written.lastIndexOf(leavesScreen))).toContain('the terminal is back');
});

test('so does one that is killed, and could not do it itself', async () => {
  const screen = await lent();
  const [ui] = execFileSync('pgrep', ['-P', String(screen.pid)], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map(Number);
  process.kill(ui!, 'SIGKILL');
  expect((await screen.ended).exitCode).toBe(0);
  const after = screen.written.slice(screen.written.lastIndexOf(leavesScreen));
  expect(after).toContain('\u001b[?25h');
  expect(after).toContain('the terminal is back');
});

test('without a terminal there is no UI', () => {
  expect(() => { checkTerminal(); }).toThrow(UsageError); // prettier-ignore
});
