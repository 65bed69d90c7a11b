/**
 * Power that fails: from the writes and syncs of a recorder, in their order, the states in which the disk may be found
 * are made and opened. `--durable` promises all that was forwarded; without it, a beginning of it.
 */
import { mkdtempSync, readFileSync, realpathSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { openRecording } from '../../src/store/index/open.js';
import { type Chance, DiskLog } from '../support/disk-log.js';
import { testFolder } from '../support/folder.js';
import { start } from '../support/process.js';
import { labTest } from '../support/programs.js';
import { numbers } from './traffic.js';

const test = labTest('strace');
const events = 160;

/** Records so many events, says after each that it was forwarded, and ends as it should. */
const script = `
  import { writeSync } from 'node:fs';
  import { createRecording } from './dist/store/index/recorder.js';
  const [path, durable] = process.argv.slice(1);
  const recorder = await createRecording(path, {
    createdBy: 'test', durable: durable === 'durable', segmentSize: 6_000, onTrouble: (line) => { throw new Error(line); },
  });
  const session = recorder.open({ client: { address: 'c' }, server: { address: 's' }, started: 1 }, 1);
  for (let n = 1; n <= ${events}; n++) {
    const bytes = Buffer.from('{"event":"E' + n + '","data":"' + 'x'.repeat(n % 7 * 60) + '"}\\r\\n');
    recorder.chunk(session, { dir: 's2c', t: n, bytes, fds: 0 });
    writeSync(1, n + '\\n');
    if (n % 40 === 0) await recorder.flush();
  }
  recorder.close(session, ${events} + 1, 'client-closed', undefined);
  await recorder.finish();
  writeSync(1, 'finished\\n');`;

/** What strace has seen of a recording. */
async function recorded(mode: 'durable' | 'usual'): Promise<DiskLog> {
  const folder = realpathSync(testFolder());
  const log = join(realpathSync(testFolder()), 'log');
  const calls = 'openat,close,write,writev,pwrite64,ftruncate,fsync,fdatasync,unlink,unlinkat,rename';
  const trace = ['-f', '-y', '-xx', '-s', '4000000', '-o', log, '-e', `trace=${calls}`];
  const program = [process.execPath, '--input-type=module', '-e', script, join(folder, 'a.qmptap'), mode];
  const child = start('strace', [...trace, ...program]);
  expect({ ended: await child.ended, stderr: child.stderr() }).toEqual({ ended: 0, stderr: '' });
  return new DiskLog(readFileSync(log, 'utf8'), folder);
}

/** The frames of a recording that was found so. */
function opened(files: ReadonlyMap<string, Buffer>): readonly string[] {
  // Named, and nothing more: that is no recording yet.
  if ([...files].every(([name, bytes]) => name === 'a.qmptap' && bytes.length === 0)) return [];
  const folder = mkdtempSync(join(testFolder(), 'found-'));
  for (const [name, bytes] of files) {
    writeFileSync(join(folder, name), bytes);
    utimesSync(join(folder, name), 1, 1); // not a moment ago, when its recorder might still be starting
  }
  using reader = openRecording(join(folder, 'a.qmptap'));
  const frames = [...reader.messages()].filter(({ kind }) => kind !== 'partial');
  return frames.map(({ raw }) => Buffer.from(raw).toString());
}

const expected = Array.from(
  { length: events },
  (_, index) => `{"event":"E${index + 1}","data":"${'x'.repeat(((index + 1) % 7) * 60)}"}\r\n`,
);

/** The steps that are looked at: those when most can go wrong, thinned out evenly. */
function stepsOf(disk: DiskLog, count: number): number[] {
  const points = disk.turningPoints.flatMap((step) => [step - 1, step]).filter((step) => step > 0);
  const every = Math.max(1, Math.floor(points.length / count));
  return [...new Set([...points.filter((_, index) => index % every === 0), disk.steps])];
}

function chances(seed: number): Record<string, Chance> {
  const random = numbers(seed);
  return {
    'nothing that was not synced': () => false,
    'all of it': () => true,
    'some of it': () => random(2) === 0,
    'the names only': (place) => place === 'name',
  };
}

describe('a recorder whose machine loses its power', () => {
  test('has all that was forwarded, where it is durable', async () => {
    const disk = await recorded('durable');
    expect(disk.toldAt(disk.steps)).toContain('finished');
    for (const step of stepsOf(disk, 25)) {
      const told = disk.toldAt(step).trim().split('\n').length;
      const promised = disk.toldAt(step) === '' ? 0 : Math.min(told, events);
      for (const [name, chance] of Object.entries(chances(step))) {
        const files = disk.filesAt(step, chance);
        if (promised === 0 && !files.has('a.qmptap')) continue;
        const frames = opened(files);
        expect(frames, `${name}, step ${step}`).toEqual(expected.slice(0, frames.length));
        expect(frames.length, `${name}, step ${step}`).toBeGreaterThanOrEqual(promised);
      }
    }
  });

  test('has a beginning of it otherwise, if files are cut where the disk had come to', async () => {
    const disk = await recorded('usual');
    for (const step of stepsOf(disk, 15)) {
      const files = disk.filesAt(step, () => true);
      if (!files.has('a.qmptap')) continue;
      const random = numbers(step);
      const [last] = [...files.keys()]
        .filter((name) => /-journal-\d+$/.test(name))
        .sort()
        .slice(-1);
      for (const cut of [0, 1]) {
        const found = new Map(files);
        const journal = last === undefined ? undefined : files.get(last);
        if (last !== undefined && journal !== undefined && cut > 0) {
          found.set(last, journal.subarray(0, random(journal.length + 1)));
        }
        const frames = opened(found);
        expect(frames, `step ${step}`).toEqual(expected.slice(0, frames.length));
      }
    }
  });

  test('never removes a segment of the journal before its rows are on the disk', async () => {
    const disk = await recorded('usual');
    for (const step of stepsOf(disk, 15)) {
      // All journals as they were written; of SQLite's files only what was synced.
      const whole = disk.filesAt(step, () => true);
      const synced = disk.filesAt(step, (place) => place === 'name');
      const files = new Map(
        [...whole].map(([name, bytes]) => [
          name,
          /-journal-\d+$/.test(name) ? bytes : (synced.get(name) ?? bytes),
        ]),
      );
      if (!files.has('a.qmptap')) continue;
      const all = opened(whole).length;
      expect(opened(files).length, `step ${step}`).toBe(all);
    }
  });
});
