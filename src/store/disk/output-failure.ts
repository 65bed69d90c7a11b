/** The one line for a recording that cannot be written. */
import { OutputError, QmptapError } from '../../errors.js';
import { codeOf, isThere, journalPath, journalSegments, lockPath, placesBeside, reasonOf } from './files.js';

export function alreadyExists(path: string): OutputError {
  const remedy = 'choose another name or give --force';
  return new OutputError({ reason: 'it exists already', remedy }, { path, code: 'EXISTS' });
}

/** Of a path that `isSpecial`. */
export function notReplaceable(path: string): OutputError {
  const reason = 'it is no file that could be replaced';
  return new OutputError({ reason, remedy: 'choose another name' }, { path, code: 'EXISTS' });
}

/** Of a path that `isTaken`: by what. */
export function inTheWay(path: string): OutputError {
  if (isThere(path)) return alreadyExists(path);
  const [segment] = journalSegments(path);
  const beside = placesBeside(path).find(isThere) ?? lockPath(path);
  const left = segment === undefined ? beside : journalPath(path, segment);
  const remedy = 'choose another name, or give --force to remove it';
  return new OutputError(
    { reason: `${left} is left of an earlier recording`, remedy },
    { path, code: 'EXISTS' },
  );
}

/** Errors that are neither the system's nor SQLite's, and those with an account already, are returned as they are. */
export function cannotWrite(path: string, error: unknown): unknown {
  if (codeOf(error) === undefined || error instanceof QmptapError) return error;
  if (codeOf(error) === 'EEXIST') return alreadyExists(path);
  const noSpace = /^(?:ENOSPC|EDQUOT|SQLITE_FULL)/.test(codeOf(error) ?? '');
  return new OutputError(
    { reason: `cannot be written: ${reasonOf(error)}`, remedy: 'choose another place' },
    { cause: error, path, code: noSpace ? 'NO_SPACE' : 'OUTPUT' },
  );
}

/** Refuses an empty name and one with a NUL. @throws OutputError */
export function checkName(path: string): void {
  if (path === '')
    throw new OutputError({ subject: "''", reason: 'it is no name', remedy: 'name a file' }, { path });
  if (!path.includes('\0')) return;
  const reason = 'a name cannot have a NUL in it';
  throw new OutputError({ subject: JSON.stringify(path), reason, remedy: 'choose another name' }, { path });
}
