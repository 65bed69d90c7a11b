/** Where recordings go unless the user says otherwise. */
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { newRecordingPath } from '../../launch/record/recording-name.js';

/** `recordings` under `$QMPTAP_HOME`, else `$XDG_STATE_HOME/qmptap`, else `~/.local/state/qmptap`. */
export function defaultFolder(): string {
  const home = process.env['QMPTAP_HOME'];
  if (home !== undefined && home !== '') return join(home, 'recordings');
  const state = process.env['XDG_STATE_HOME'];
  const base = state !== undefined && state.startsWith('/') ? state : join(homedir(), '.local', 'state');
  return join(base, 'qmptap', 'recordings');
}

/** A new recording's path, named by time and label: `20261120-085230-web1.qmptap`. */
export function defaultPath(now: Date, label: string | undefined): string {
  return newRecordingPath(defaultFolder(), now, label);
}

/** Where an import of this file goes. */
export function importPath(now: Date, file: string): string {
  return defaultPath(now, file === '-' ? undefined : basename(file).replace(/(?:\.gz|\.xz)$/, ''));
}
