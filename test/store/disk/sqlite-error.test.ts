import { expect, test } from 'vitest';
import { RecordingError } from '../../../src/errors.js';
import { isBusy, isFull, isPlaceTrouble, readFailure } from '../../../src/store/disk/sqlite-error.js';
import { sqlite } from '../../../src/store/disk/sqlite.js';

const failed = (code: string): Error => new (sqlite().SqliteError)('as SQLite says it', code);

test.each([
  ['SQLITE_NOTADB', 'NOT_A_RECORDING', 'a: it is no recording'],
  ['SQLITE_BUSY_SNAPSHOT', 'IN_USE', 'a: another program keeps it locked; try again'],
  ['SQLITE_CANTOPEN', 'UNREADABLE', 'a: it cannot be opened; check the rights of the file and of its folder'],
  ['SQLITE_CORRUPT', 'DAMAGED', 'a: the file is damaged (as SQLite says it); restore it from a copy'],
  ['SQLITE_IOERR_READ', 'UNREADABLE', 'a: the disk failed to read or write (SQLITE_IOERR_READ)'],
  ['ENOENT', 'MISSING', 'a: no such file or folder'],
  ['EACCES', 'UNREADABLE', 'a: permission denied'],
])('%s: is told by a code and in a line', (code, told, line) => {
  expect(readFailure('a', failed(code))).toMatchObject({ code: told, message: line });
});

test('a rollback journal is named', () => {
  expect(readFailure('a', failed('SQLITE_READONLY_ROLLBACK'))).toMatchObject({
    code: 'UNSAFE',
    reason: expect.stringContaining('a-journal is a rollback journal') as string,
  });
});

test('what is no failure of the file stays what it is', () => {
  const bug = new TypeError('x is not a function');
  expect(readFailure('a', bug)).toBe(bug);
  const told = new RecordingError({ reason: 'no' }, { path: 'a' });
  expect(readFailure('a', told)).toBe(told);
});

test('kinds of failure are told apart', () => {
  expect([isBusy(failed('SQLITE_LOCKED')), isBusy(failed('SQLITE_CORRUPT'))]).toEqual([true, false]);
  expect([isFull(failed('ENOSPC')), isFull(failed('EACCES'))]).toEqual([true, false]);
  const places = [
    'EROFS',
    'SQLITE_READONLY_DIRECTORY',
    'SQLITE_CANTOPEN',
    'SQLITE_READONLY_ROLLBACK',
    'SQLITE_CORRUPT',
  ];
  expect(places.map((code) => isPlaceTrouble(failed(code)))).toEqual([true, true, true, false, false]);
});
