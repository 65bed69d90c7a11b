/**
 * What lies beside a recording is trusted like the recording itself: SQLite writes into its log and plays
 * its journal back, and the rest is taken in. So it has to be a file, under one name, and its owner's: where
 * others may make files, in /tmp say, they could have put one there. Knows nothing of what is in them.
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { RecordingError } from '../../errors.js';
import { journalPath, journalSegments, placesBeside } from './files.js';

/**
 * Looks at all that lies beside a recording; `path` as the user named it.
 * @throws RecordingError if something there is not the recording's, the system's error if the recording is gone
 */
export function checkBeside(path: string): void {
  const file = realpathSync(path);
  const { uid } = statSync(file);
  const segments = journalSegments(file).map((segment) => journalPath(file, segment));
  for (const place of [...placesBeside(file), ...segments]) {
    const found = lstatSync(place, { throwIfNoEntry: false });
    const wrong = found === undefined ? undefined : whatIsWrong(found, uid);
    if (wrong === undefined) continue;
    throw new RecordingError(
      `${path}: ${place} beside it ${wrong}; copy the recording to a folder of your own`,
      { path },
    );
  }
}

function whatIsWrong(found: Stats, owner: number): string | undefined {
  if (!found.isFile()) return 'is no regular file';
  // Root may complete somebody else's recording, and SQLite then leaves files of root's for a moment.
  if (![owner, 0, process.geteuid?.()].includes(found.uid)) return 'belongs to another user';
  return found.nlink > 1 ? 'has another name elsewhere, where it would be changed too' : undefined;
}

/** Opens a file to be read; never waits, as a pipe would have us, and follows no link. @throws the system's error, or Error */
export function openRegular(path: string): number {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  throw notRegular(path);
}

/** @throws Error if there is something else than a file, the system's error if there is nothing */
export function checkRegular(path: string): Stats {
  const found = lstatSync(path);
  if (found.isFile()) return found;
  throw notRegular(path);
}

function notRegular(path: string): RecordingError {
  return new RecordingError(`${path}: it is no regular file; remove it or choose another name`, { path });
}
