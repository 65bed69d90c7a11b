/** What `qmptap ui` does: shows a recording in the terminal until the user quits. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { RecordingError } from '../../errors.js';
import { codeOf, reasonOf } from '../../store/disk/files.js';
import { shownEndings } from '../../formats/table.js';
import { counted, escapeText } from '../../inspect/format.js';
import { openSource } from '../files/source.js';
import { startUi, type Ui } from '../../tui/app.js';
import { defaultFolder } from '../files/folder.js';
import { recordingOfVm, runningHost } from '../files/running-host.js';
import { firstNotice, uiChannel } from './ui-channel.js';
import { SourceMarks } from './source-marks.js';
import { checkTerminal } from './ui-process.js';

/**
 * Shows a recording until the user quits. Gives the exit code.
 * @throws RecordingError, UsageError where there is no terminal
 */
export async function uiCommand(paths: readonly string[], filter: string): Promise<number> {
  checkTerminal();
  let ready = false;
  using source = openSource(await pathsOf(paths), {
    growing: 'end',
    onNotice: (line) => {
      if (ready) ui.say(escapeText(line));
    },
  });
  const { reader } = source;
  const channel = uiChannel((text) => {
    ui.say(text);
  });
  const ui: Ui = startUi({
    reader,
    filter,
    terminal: { input: process.stdin, output: process.stdout, env: process.env },
    marks: new SourceMarks(reader),
    exportEndings: shownEndings,
    exportTo: async (to, where) => {
      const { exportShown } = await import('./export-shown.js');
      return exportShown(reader, where, to);
    },
    send: channel?.send,
    notice: process.env[firstNotice] ?? leftOut(source.failures),
  });
  ready = true;
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

/** What to open: without a path the newest recording; a name that is no file may be a VM's that a host has. */
async function pathsOf(paths: readonly string[]): Promise<readonly string[]> {
  const [path = '', ...others] = paths;
  if (paths.length === 0) return [newestRecording((await runningHost())?.recordings ?? defaultFolder())];
  if (others.length > 0 || path.includes('/') || existsSync(path)) return paths;
  return [(await recordingOfVm(path)) ?? path];
}

/** What is said first, where not all can be shown. */
function leftOut(failures: number): string | undefined {
  return failures === 0 ? undefined : `${counted(failures, 'file')} cannot be read; \`qmptap ls\` says why`;
}

/** The newest in a folder where recordings go by themselves. */
function newestRecording(folder: string): string {
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
