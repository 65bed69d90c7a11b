/** What `qmptap ui` does: shows a recording in the terminal until the user quits. */
import { readdirSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { RecordingError } from '../../errors.js';
import { codeOf, reasonOf } from '../../store/disk/files.js';
import { StoredMarks } from '../../store/read/marks.js';
import { shownEndings } from '../../formats/table.js';
import { openRecording } from '../../store/index/open.js';
import { startUi, type Ui } from '../../tui/app.js';
import { defaultFolder } from '../files/folder.js';
import { firstNotice, uiChannel } from './ui-channel.js';
import { checkTerminal } from './ui-process.js';

/**
 * Shows a recording until the user quits. Gives the exit code.
 * @throws RecordingError, UsageError where there is no terminal
 */
export async function uiCommand(file: string | undefined, filter: string): Promise<number> {
  checkTerminal();
  const path = file ?? newestRecording();
  using reader = openRecording(path);
  const channel = uiChannel((text) => {
    ui.say(text);
  });
  const ui: Ui = startUi({
    reader,
    filter,
    terminal: { input: process.stdin, output: process.stdout, env: process.env },
    marks: new StoredMarks(path),
    exportEndings: shownEndings,
    exportTo: async (to, where) => {
      const { exportShown } = await import('./export-shown.js');
      return exportShown(reader, where, to);
    },
    send: channel?.send,
    notice: process.env[firstNotice],
  });
  let code = 0;
  const end = (signal: NodeJS.Signals): void => {
    code = 128 + constants.signals[signal];
    ui.close();
  };
  const signals = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;
  for (const signal of signals) process.on(signal, end);
  try {
    await ui.finished;
  } finally {
    for (const signal of signals) process.off(signal, end);
    channel?.close();
  }
  return code;
}

/** The newest in the folder where recordings go by themselves. */
function newestRecording(): string {
  const folder = defaultFolder();
  let newest: { readonly path: string; readonly changed: number } | undefined;
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (name.endsWith('.qmptap') && (newest === undefined || changed > newest.changed))
      newest = { path, changed };
  }
  if (newest !== undefined) return newest.path;
  throw new RecordingError(
    { reason: 'nothing has been recorded yet', remedy: 'give a file to look at' },
    { path: folder },
  );
}

/** None where there is no folder. @throws RecordingError if it cannot be read */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return [];
    throw new RecordingError(
      { reason: reasonOf(error), remedy: 'give a file to look at' },
      { path: folder, cause: error },
    );
  }
}
