import { writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newRecordingPath } from '../../src/launch/recording-name.js';
import { testFolder } from '../support/folder.js';

const now = new Date(2026, 10, 20, 8, 52, 30);

describe('the name of a recording', () => {
  test.each([
    ['web1', '20261120-085230-web1.qmptap'],
    [undefined, '20261120-085230.qmptap'],
    ['../../etc/x', '20261120-085230-etc_x.qmptap'],
    ['a b\nc', '20261120-085230-a_b_c.qmptap'],
    ['...', '20261120-085230.qmptap'],
  ])('of a VM named %j', (label, expected) => {
    const folder = testFolder();
    const path = newRecordingPath(folder, now, label);
    expect([dirname(path), basename(path)]).toEqual([folder, expected]);
  });

  test('is no name that exists', () => {
    const folder = testFolder();
    for (const expected of [
      '20261120-085230-a.qmptap',
      '20261120-085230-a-2.qmptap',
      '20261120-085230-a-3.qmptap',
    ]) {
      const path = newRecordingPath(folder, now, 'a');
      expect(basename(path)).toBe(expected);
      writeFileSync(path, '');
    }
  });

  test('is short enough for a file system', () => {
    expect(basename(newRecordingPath(testFolder(), now, 'x'.repeat(500))).length).toBeLessThan(100);
  });
});
