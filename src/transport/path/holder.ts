/** The process that has taken a path: written beside the server's socket, for the next one who wants it and for repair. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { HeldFolder } from './held-folder.js';

export interface Holder {
  readonly pid: number;
  /** When the process began, in the system's clock ticks since its boot: a number is given again, this is not. */
  readonly started: string;
  /** Where the traffic is recorded. */
  readonly recording: string;
}

const file = 'holder.json';
/** No holder's file is larger. */
const largest = 16 * 1024;

/** Says that this process holds the path, or has let go of it. */
export function writeHolder(folder: HeldFolder, recording: string): void {
  const holder: Holder = { pid: process.pid, started: startOf(process.pid) ?? '', recording };
  writeFileSync(folder.at(file), JSON.stringify(holder), { mode: 0o600 });
}

/** Its holder, if that process still runs. */
export function livingHolder(folder: HeldFolder): Holder | undefined {
  const holder = readHolder(folder);
  return holder !== undefined && startOf(holder.pid) === holder.started ? holder : undefined;
}

export function removeHolder(folder: HeldFolder): void {
  if (folder.look(file) !== undefined) folder.remove(file);
}

function readHolder(folder: HeldFolder): Holder | undefined {
  const found = folder.look(file);
  if (found?.isFile() !== true || found.size > largest) return undefined;
  try {
    const value = JSON.parse(readFileSync(folder.at(file), 'utf8')) as Partial<Record<keyof Holder, unknown>>;
    const { pid, started, recording } = value;
    if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
    if (typeof started !== 'string' || typeof recording !== 'string') return undefined;
    return { pid, started, recording };
  } catch {
    return undefined; // cut off by a crash
  }
}

/** When it began: the 22nd field of `/proc/PID/stat`; undefined where no such process runs. */
export function startOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : rest[18];
  } catch {
    return undefined;
  }
}
