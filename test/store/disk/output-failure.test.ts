import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { OutputError, RecordingError } from '../../../src/errors.js';
import { alreadyExists, cannotWrite, checkName, inTheWay } from '../../../src/store/disk/output-failure.js';
import { testFolder } from '../../support/folder.js';

/** An error of the system's or of SQLite's. */
const failure = (code: string): Error => Object.assign(new Error(`${code}: oh no`), { code });

describe('a recording that cannot be written', () => {
  test.each([
    ['ENOSPC', 'NO_SPACE', 'cannot be written: no space left on the disk'],
    ['EDQUOT', 'NO_SPACE', 'cannot be written: the disk quota is used up'],
    ['SQLITE_FULL', 'NO_SPACE', 'cannot be written: no space left on the disk'],
    ['EACCES', 'OUTPUT', 'cannot be written: permission denied'],
    ['SQLITE_BUSY_SNAPSHOT', 'OUTPUT', 'cannot be written: another program keeps it locked'],
    ['EEXIST', 'EXISTS', 'it exists already'],
  ])('for %s has the code %s', (code, expected, reason) => {
    const error = cannotWrite('a.qmptap', failure(code));
    expect(error).toBeInstanceOf(OutputError);
    expect(error).toMatchObject({ code: expected, path: 'a.qmptap', reason });
    expect((error as OutputError).remedy).toMatch(/^choose another/);
  });

  test('for another reason, or one that is told already, is told as that', () => {
    const told = new RecordingError({ reason: 'it is damaged' }, { path: 'a.qmptap' });
    const bug = new TypeError('a bug');
    expect([cannotWrite('a.qmptap', told), cannotWrite('a.qmptap', bug)]).toEqual([told, bug]);
  });
});

test('what is in the way is named', () => {
  const path = join(testFolder(), 'a.qmptap');
  writeFileSync(`${path}-wal`, '');
  expect(inTheWay(path).reason).toBe(`${path}-wal is left of an earlier recording`);
  for (const segment of [10, 9]) writeFileSync(`${path}-journal-${segment}`, '');
  expect(inTheWay(path).reason).toBe(`${path}-journal-9 is left of an earlier recording`);
  writeFileSync(path, '');
  expect(inTheWay(path)).toEqual(alreadyExists(path));
});

test('a name that no file can have is refused, and is safe to print', () => {
  for (const name of ['', 'a\0b']) {
    expect(() => {
      checkName(name);
    }).toThrow(OutputError);
  }
  expect(() => {
    checkName('a\0b');
  }).toThrow('"a\\u0000b": a name cannot have a NUL in it');
  checkName(' ');
});
