import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSqlite } from '../../../src/store/disk/sqlite.js';
import { StoredMarks } from '../../../src/store/read/marks.js';
import { removeOldest } from '../../../src/store/index/prune.js';
import { createEmptyFile, lockPath } from '../../../src/store/disk/files.js';
import { encodePayload } from '../../../src/store/journal/journal-payload.js';
import { JournalWriter } from '../../../src/store/journal/journal-writer.js';
import type { Series } from '../../../src/store/disk/series.js';
import { testFolder } from '../../support/folder.js';
import { chatter, record, start } from '../traffic.js';

const createdBy = 'qmptap 1.2.3';

function seriesIn(folder: string, keep: number | undefined): Series {
  return { name: 'web1', folder, pattern: /^\d+-web1\.qmptap$/, keep };
}

/** A recording of the series, or of another one, or of none. */
async function make(folder: string, name: string, series: string | undefined): Promise<string> {
  const path = join(folder, name);
  const recorder = await record(path, {
    createdBy,
    series: series === undefined ? undefined : { ...seriesIn(folder, undefined), name: series },
  });
  const session = recorder.open({ ...start, started: Date.now() * 1000 }, 1_000);
  chatter(recorder, session, 1);
  recorder.close(session, 9_000, 'client-closed', undefined);
  await recorder.finish();
  return path;
}

const removedFrom = (series: Series): string[] =>
  removeOldest(series).map(({ path, trouble }) => trouble ?? path.slice(series.folder.length + 1));

describe('removing what is too much of a series', () => {
  test('takes the oldest, and leaves nothing of them', async () => {
    const folder = testFolder();
    for (const n of [4, 1, 3, 2]) await make(folder, `${n}-web1.qmptap`, 'web1');
    expect(removedFrom(seriesIn(folder, undefined))).toEqual([]);
    expect(removedFrom(seriesIn(folder, 4))).toEqual([]);
    // By their age, whatever their names say.
    expect(removedFrom(seriesIn(folder, 2))).toEqual(['4-web1.qmptap', '1-web1.qmptap']);
    expect(readdirSync(folder).sort()).toEqual(['2-web1.qmptap', '3-web1.qmptap']);
  });

  test('leaves everything alone that is not of the series', async () => {
    const folder = testFolder();
    await make(folder, '1-web1.qmptap', undefined);
    await make(folder, '2-web1.qmptap', 'web10');
    await make(folder, 'mine.qmptap', 'web1');
    const elsewhere = await make(testFolder(), '3-web1.qmptap', 'web1');
    symlinkSync(elsewhere, join(folder, '3-web1.qmptap'));
    symlinkSync('/nowhere', join(folder, '4-web1.qmptap'));
    mkdirSync(join(folder, '5-web1.qmptap'));
    writeFileSync(join(folder, '6-web1.qmptap'), 'my diary');
    openSqlite(join(folder, '7-web1.qmptap')).exec('CREATE TABLE recording (created_by, created)').close();
    copyFileSync(elsewhere, join(folder, '8-web1.qmptap'));
    const foreign = openSqlite(join(folder, '8-web1.qmptap'));
    foreign.pragma('application_id = 7');
    foreign.close();
    const names = readdirSync(folder);
    await make(folder, '9-web1.qmptap', 'web1');
    await make(folder, '10-web1.qmptap', 'web1');
    expect(removedFrom(seriesIn(folder, 1))).toEqual(['9-web1.qmptap']);
    expect(readdirSync(folder).sort()).toEqual([...names, '10-web1.qmptap'].sort());
    expect(existsSync(elsewhere)).toBe(true);
  });

  test('leaves one in which the user has marked something, and does not count it', async () => {
    const folder = testFolder();
    const paths = [];
    for (const n of [1, 2, 3]) paths.push(await make(folder, `${n}-web1.qmptap`, 'web1'));
    const marks = new StoredMarks(paths[0]!);
    marks.put({ session: 1, seq: 2, note: undefined });
    expect(removedFrom(seriesIn(folder, 2))).toEqual([]);
    expect(removedFrom(seriesIn(folder, 1))).toEqual(['2-web1.qmptap']);
    marks.remove({ session: 1, seq: 2 });
    expect(removedFrom(seriesIn(folder, 1))).toEqual(['1-web1.qmptap']);
  });

  test('leaves one that is being written, and counts it', async () => {
    const folder = testFolder();
    const live = await record(join(folder, '1-web1.qmptap'), {
      createdBy,
      series: seriesIn(folder, undefined),
    });
    const session = live.open(start, 1_000);
    chatter(live, session, 1);
    await live.flush();
    await make(folder, '2-web1.qmptap', 'web1');
    await make(folder, '3-web1.qmptap', 'web1');
    expect(removedFrom(seriesIn(folder, 1))).toEqual(['2-web1.qmptap', '3-web1.qmptap']);
    chatter(live, session, 1);
    expect(await live.finish()).toMatchObject({ messages: 10, incomplete: undefined });
  });

  test('takes those from the future for the oldest: the clock has been set back', async () => {
    const folder = testFolder();
    const future = await make(folder, '1-web1.qmptap', 'web1');
    await make(folder, '2-web1.qmptap', 'web1');
    const db = openSqlite(future);
    db.exec('UPDATE session SET started = started + 86400000000');
    db.close();
    expect(removedFrom(seriesIn(folder, 1))).toEqual(['1-web1.qmptap']);
  });

  test('knows one whose recorder was killed before it had tables', async () => {
    const folder = testFolder();
    const path = join(folder, '1-web1.qmptap');
    const begin = { createdBy, series: 'web1', created: 1 };
    createEmptyFile(path);
    createEmptyFile(lockPath(path));
    const failed = (reason: string): void => {
      throw new Error(reason);
    };
    const journal = new JournalWriter(path, {
      recording: new Uint8Array(16),
      durable: false,
      onFailure: failed,
    });
    journal.append({ type: 'begin', session: 0, dir: 'c2s', t: 0, payload: encodePayload(begin), fds: 0 });
    journal.close();
    utimesSync(path, 1, 1); // not a moment ago, when its recorder might still be starting
    await make(folder, '2-web1.qmptap', 'web1');
    expect(removedFrom(seriesIn(folder, 1))).toEqual(['1-web1.qmptap']);
    expect(readdirSync(folder)).toEqual(['2-web1.qmptap']);
  });

  test('of a folder that is not there is nothing', () => {
    expect(removedFrom(seriesIn(join(testFolder(), 'no'), 1))).toEqual([]);
  });
});
