import {
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { withCopy } from '../../../src/store/disk/temporary-copy.js';
import { testFolder } from '../../support/folder.js';

test('a copy has what belongs to the recording, and is gone afterwards', () => {
  const path = join(testFolder(), 'a.qmptap');
  for (const ending of ['', '-wal', '-shm', '-journal-3', '-journal-12', '-lock', '-journal']) {
    writeFileSync(path + ending, ending);
  }
  const folder = withCopy(path, (copy) => {
    expect(readdirSync(dirname(copy)).sort()).toEqual(
      ['', '-journal-12', '-journal-3', '-wal'].map((end) => `a.qmptap${end}`),
    );
    expect(readFileSync(`${copy}-journal-3`, 'utf8')).toBe('-journal-3');
    return dirname(copy);
  });
  expect(existsSync(folder)).toBe(false);
});

test('a link that comes in the place of a file is not followed', () => {
  const path = join(testFolder(), 'a.qmptap');
  writeFileSync(path, '');
  symlinkSync('/etc/passwd', `${path}-journal-1`);
  expect(() => withCopy(path, () => expect.unreachable())).toThrow('ELOOP');
});

test.runIf(process.geteuid?.() === 0)('a copy of what belongs to somebody else is ours', () => {
  const path = join(testFolder(), 'a.qmptap');
  for (const file of [path, `${path}-wal`, `${path}-journal-1`]) {
    writeFileSync(file, '');
    chownSync(file, 65534, 65534);
  }
  withCopy(path, (copy) => {
    const owners = [copy, `${copy}-wal`, `${copy}-journal-1`].map((file) => statSync(file).uid);
    expect(owners).toEqual([0, 0, 0]);
  });
});
