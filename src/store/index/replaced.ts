/**
 * Makes room for a new recording where the user asked for that. What lies beside the old one has to go with
 * it: SQLite would play its log back into the new file.
 */
import { lstatSync } from 'node:fs';
import { resolve } from 'node:path';
import { OutputError } from '../../errors.js';
import { isSpecial, removeRecording } from '../disk/files.js';
import { isLive } from '../disk/liveness.js';
import { cannotWrite, notReplaceable } from '../disk/output-failure.js';

/** Not even `--force` takes a recording away from the one who makes it. @throws OutputError */
export function refuseLive(path: string): void {
  if (!isLive(resolve(path))) return;
  const remedy = 'stop that qmptap or choose another name';
  throw new OutputError({ reason: 'it is being recorded', remedy }, { path, code: 'IN_USE' });
}

/** Removes what has this name. @throws OutputError if it is no file, is being recorded or cannot be removed */
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
