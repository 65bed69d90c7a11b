/**
 * Removes the recording that a new one replaces (`--force`), with its sidecar files: SQLite would play the old log
 * back into the new file.
 */
import { lstatSync } from 'node:fs';
import { resolve } from 'node:path';
import { OutputError } from '../../errors.js';
import { isSpecial, isThere, removeRecording, statFollowed } from '../disk/files.js';
import { isLive } from '../disk/liveness.js';
import { cannotWrite, notReplaceable } from '../disk/output-failure.js';

/** Not even `--force` replaces a recording that is being made. @throws OutputError */
export function refuseLive(path: string): void {
  // A link that leads to nothing, or that the kernel does not follow.
  if (isThere(path) && statFollowed(path) === undefined) return;
  if (!isLive(resolve(path))) return;
  const remedy = 'stop that qmptap or choose another name';
  throw new OutputError({ reason: 'it is being recorded', remedy }, { path, code: 'IN_USE' });
}

/** Removes the file of this name. @throws OutputError if it is a folder or a device, is being recorded, or cannot be removed */
export function removeReplaced(path: string): void {
  const file = resolve(path);
  try {
    const there = lstatSync(file, { throwIfNoEntry: false });
    if (there?.isDirectory() === true || isSpecial(file)) throw notReplaceable(path);
    refuseLive(path);
    removeRecording(file);
  } catch (error) {
    throw cannotWrite(path, error);
  }
}
