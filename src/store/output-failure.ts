/** The one line for a recording that cannot be written. Knows nothing of how recordings are written. */
import { OutputError } from '../errors.js';
import { codeOf, reasonOf } from './files.js';

export function alreadyExists(path: string): OutputError {
  return new OutputError(`${path}: it exists already; choose another name or give --force`, { path });
}

/** An error that is neither the system's nor SQLite's stays what it is. */
export function cannotWrite(path: string, error: unknown): unknown {
  if (codeOf(error) === undefined || error instanceof OutputError) return error;
  if (codeOf(error) === 'EEXIST') return alreadyExists(path);
  return new OutputError(`${path}: cannot be written: ${reasonOf(error)}; choose another place`, {
    cause: error,
    path,
  });
}
