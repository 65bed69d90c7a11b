import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { MessageOutline } from '../../../src/recording/ports.js';
import { openRecording } from '../../../src/store/index/open.js';
import { RecordingPool } from '../../../src/store/pool/recording-pool.js';
import { testFolder } from '../../support/folder.js';
import { recordingFile } from '../../support/recording-file.js';

const long = Array.from({ length: 1200 }, (_, at) => `-> {"execute":"stop","id":${at}}`);

function outlinesOf(path: string): readonly MessageOutline[] {
  using reader = openRecording(path);
  return [...reader.outlines()];
}

/** Of this process, in a folder. */
function openFiles(folder: string): readonly string[] {
  return readdirSync('/proc/self/fd')
    .flatMap((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return []; // the one by which the list was read
      }
    })
    .filter((path) => path.startsWith(folder) && path.endsWith('.qmptap'));
}

describe('RecordingPool', () => {
  test('reads all, though only some are open at a time', async () => {
    const folder = testFolder();
    const paths = [1, 2, 3].map((number) => join(folder, `${number}.qmptap`));
    for (const path of paths) await recordingFile(path, long, ['-> {"execute":"cont"}']);
    const outlines = outlinesOf(paths[0] ?? '');
    const pool = new RecordingPool({}, 1);
    const pooled = paths.map((path) => pool.open(path));
    expect(openFiles(folder)).toHaveLength(1);
    const readers = pooled.map((recording) => recording.messages()[Symbol.iterator]());
    // In turns, so that each is closed between two of its messages.
    for (let at = 1; at <= 1201; at++)
      for (const reader of readers) expect((reader.next().value as { index: number }).index).toBe(at);
    for (const recording of pooled) {
      expect([...recording.messages({ order: 'desc', limit: 900 })].at(-1)?.index).toBe(302);
      expect([...recording.outlines()]).toEqual(outlines);
      expect([...recording.outlines({ after: 1199 })].map(({ index }) => index)).toEqual([1200, 1201]);
      expect([...recording.outlines({ session: 2 })].map(({ index }) => index)).toEqual([1201]);
      expect([recording.count(), recording.sessions().length, recording.session(2)?.messages]).toEqual([
        1201, 2, 1,
      ]);
      expect([recording.message(2, 1)?.name, recording.responseTo(2, 1), recording.marks()]).toEqual([
        'cont',
        undefined,
        [],
      ]);
      recording.close();
    }
    expect(openFiles(folder)).toEqual([]);
  });

  test('says once what had to be done to open one', () => {
    const told: string[] = [];
    const pool = new RecordingPool({ onNotice: (line) => told.push(line) }, 1);
    expect(() => pool.open(join(testFolder(), 'none.qmptap'))).toThrow('no such file');
    expect(told).toEqual([]);
  });
});
