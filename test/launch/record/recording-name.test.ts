import { writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  datedFiles,
  newRecordingPath,
  numberedFiles,
  recordingPlace,
} from '../../../src/launch/record/recording-name.js';
import { testFolder } from '../../support/folder.js';

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

describe('the names of a series', () => {
  test('go on behind the highest number that was ever used', () => {
    const folder = testFolder();
    const { next } = numberedFiles(`${folder}/a+b.qmptap`);
    expect(basename(next(now))).toBe('a+b-00001.qmptap');
    for (const name of [
      'a+b-00002.qmptap',
      'a+b-00009.qmptap-lock',
      'aab-00050.qmptap',
      'a+b-x.qmptap',
      'a+b.qmptap',
    ])
      writeFileSync(`${folder}/${name}`, '');
    expect(basename(next(now))).toBe('a+b-00010.qmptap');
    writeFileSync(`${folder}/a+b-99999.qmptap`, '');
    expect(basename(next(now))).toBe('a+b-100000.qmptap');
  });

  test.each([
    ['boot-00001.qmptap', true],
    ['boot.qmptap', false],
    ['boot-1.qmptap', false],
    ['boot-00001.qmptap-lock', false],
    ['reboot-00001.qmptap', false],
    ['boot-00001xqmptap', false],
  ])('%s is one of boot.qmptap: %j', (name, expected) => {
    expect(numberedFiles('/x/boot.qmptap').series?.pattern.test(name)).toBe(expected);
  });

  test.each([
    ['20261120-085230-web1.qmptap', true],
    ['20261120-085230-web1-2.qmptap', true],
    ['20261120-085230.qmptap', false],
    ['20261120-085230-web10.qmptap', false],
    ['20261120-085230-my-web1.qmptap', false],
    ['web1.qmptap', false],
  ])('%s is one of the VM web1: %j', (name, expected) => {
    expect(datedFiles('/x', 'web1').series?.pattern.test(name)).toBe(expected);
  });

  test('replace nothing', () => {
    expect(() => recordingPlace({ output: 'a', force: true, keep: 1 })).toThrow('leave it out');
    expect(recordingPlace({ output: 'a', force: true }).series).toBeUndefined();
  });
});
