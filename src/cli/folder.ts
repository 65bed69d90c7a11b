/** Where recordings go unless the user says otherwise. */
import { homedir } from 'node:os';
import { join } from 'node:path';

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
  const pad = (value: number): string => String(value).padStart(2, '0');
  const day = `${now.getFullYear()}${pad(now.getMonth() + 1)}${pad(now.getDate())}`;
  const time = `${pad(now.getHours())}${pad(now.getMinutes())}${pad(now.getSeconds())}`;
  // A label is anybody's text; of a path it may be nothing but a part of one name.
  const name = (label ?? '')
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^[._-]+/, '')
    .slice(0, 60);
  return join(defaultFolder(), `${[`${day}-${time}`, ...(name === '' ? [] : [name])].join('-')}.qmptap`);
}
