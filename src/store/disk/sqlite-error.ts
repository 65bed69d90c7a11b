/** What SQLite refused, in plain words and in codes. */
import { QmptapError, RecordingError, type ErrorAccount, type RecordingErrorCode } from '../../errors.js';
import { codeOf, reasonOf } from './files.js';

export function isBusy(error: unknown): boolean {
  return /^SQLITE_(?:BUSY|LOCKED)/.test(codeOf(error) ?? '');
}

export function isFull(error: unknown): boolean {
  return /^(?:SQLITE_FULL|ENOSPC|EDQUOT)/.test(codeOf(error) ?? '');
}

/** Whether the place, rather than the file, is what SQLite or the system stumbled over. */
export function isPlaceTrouble(error: unknown): boolean {
  return /^(?:SQLITE_(?:READONLY(?!_ROLLBACK)|CANTOPEN|FULL|PERM|IOERR)|EROFS|EACCES|EPERM|ENOSPC|EDQUOT)/.test(
    codeOf(error) ?? '',
  );
}

/** The one line for a recording that could not be read; an error that is not the file's stays what it is. */
export function readFailure(path: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined || error instanceof QmptapError) return error;
  const found = tells.find(([pattern]) => pattern.test(code));
  const account = found?.[2](error, path) ?? { reason: reasonOf(error) };
  return new RecordingError(account, { cause: error, path, code: found?.[1] ?? 'UNREADABLE' });
}

type Tell = readonly [
  pattern: RegExp,
  code: RecordingErrorCode,
  tell: (error: unknown, path: string) => ErrorAccount,
];

const tells: readonly Tell[] = [
  [/^ENOENT$/, 'MISSING', (error) => ({ reason: reasonOf(error) })],
  [/^SQLITE_NOTADB/, 'NOT_A_RECORDING', () => ({ reason: 'it is no recording' })],
  [
    /^SQLITE_(?:BUSY|LOCKED)/,
    'IN_USE',
    () => ({ reason: 'another program keeps it locked', remedy: 'try again' }),
  ],
  [/^SQLITE_READONLY_ROLLBACK/, 'UNSAFE', (_, path) => rollbackJournal(`${path}-journal`)],
  [
    /^SQLITE_CANTOPEN/,
    'UNREADABLE',
    () => ({ reason: 'it cannot be opened', remedy: 'check the rights of the file and of its folder' }),
  ],
  [/^SQLITE_(?:FULL|IOERR)/, 'UNREADABLE', (error) => ({ reason: reasonOf(error) })],
  [
    /^SQLITE_/,
    'DAMAGED',
    (error) => ({ reason: `the file is damaged (${reasonOf(error)})`, remedy: 'restore it from a copy' }),
  ],
];

/** No recording has one, so that it is either an attack or damage. */
export function rollbackJournal(journal: string): ErrorAccount {
  return {
    reason: `${journal} is a rollback journal, by which SQLite would change the recording and could remove other files`,
    remedy: 'no recording has one; move it away to see the recording as it is',
  };
}
