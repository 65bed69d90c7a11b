/** The one line for a recording that cannot be written. Knows nothing of how recordings are written. */
import { OutputError, QmptapError } from '../../errors.js';
import { codeOf, isThere, journalPath, journalSegments, lockPath, placesBeside, reasonOf } from './files.js';

export function alreadyExists(path: string): OutputError {
  return new OutputError(`${path}: it exists already; choose another name or give --force`, { path });
}

/** Of a path that `isSpecial`. */
export function notReplaceable(path: string): OutputError {
  return new OutputError(`${path}: it is no file that could be replaced; choose another name`, { path });
}

/** Of a path that `isTaken`: by what. */
export function inTheWay(path: string): OutputError {
  if (isThere(path)) return alreadyExists(path);
  const [segment] = journalSegments(path);
  const beside = placesBeside(path).find(isThere) ?? lockPath(path);
  const left = segment === undefined ? beside : journalPath(path, segment);
  return new OutputError(
    `${path}: ${left} is left of an earlier recording; choose another name, or give --force to remove it`,
    { path },
  );
}

/** An error that is neither the system's nor SQLite's, or is said in plain words already, stays what it is. */
export function cannotWrite(path: string, error: unknown): unknown {
  if (codeOf(error) === undefined || error instanceof QmptapError) return error;
  if (codeOf(error) === 'EEXIST') return alreadyExists(path);
  return new OutputError(`${path}: cannot be written: ${reasonOf(error)}; choose another place`, {
    cause: error,
    path,
  });
}
