import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connect } from '../../../src/store/disk/connect.js';
import { isLive } from '../../../src/store/disk/liveness.js';
import { type FromFollowed, gauges } from '../../../src/store/follow/indexer-messages.js';
import { IndexingRounds } from '../../../src/store/follow/indexing-rounds.js';
import { openRecording } from '../../../src/store/index/open.js';
import { rootTest, smallDisk } from '../../support/small-disk.js';
import { testFolder } from '../../support/folder.js';
import { writtenJournal, type WrittenJournal } from './journals.js';

interface Rig {
  readonly rounds: IndexingRounds;
  readonly told: Map<number, FromFollowed[]>;
  readonly turns: number[];
  /** Rounds at ever later times, until it has been told. */
  readonly until: (id: number, type: FromFollowed['type']) => void;
  readonly toldTypes: (id: number) => string[];
  /** Long after the last round: all have their turn. */
  readonly poll: () => void;
}

function rig(): Rig {
  const told = new Map<number, FromFollowed[]>();
  const turns: number[] = [];
  const rounds = new IndexingRounds({
    tell: (message) => told.set(message.id, [...(told.get(message.id) ?? []), message.told]),
    work: (id) => id > 0 && turns.push(id),
  });
  onTestFinished(() => {
    rounds.close();
  });
  let now = performance.now();
  const poll = (): void => void rounds.round((now += 6_000));
  const toldTypes = (id: number): string[] => (told.get(id) ?? []).map(({ type }) => type);
  const until = (id: number, type: string): void => {
    for (let left = 500; !toldTypes(id).includes(type); left--) {
      if (left === 0) throw new Error(`${id} is not told ${type}`);
      poll();
    }
  };
  return { rounds, told, turns, until, toldTypes, poll };
}

const flush = { type: 'flush', flush: 1, upTo: { segment: 1, offset: 0 } } as const;
const finish = { type: 'finish', trouble: undefined } as const;

function countOf(path: string): number {
  const db = connect(path, { readonly: true, patience: 0 });
  try {
    return db.prepare('SELECT count(*) FROM frame').pluck().get() as number;
  } finally {
    db.close();
  }
}

function many(folder: string, count: number): WrittenJournal[] {
  return Array.from({ length: count }, (_, index) => writtenJournal(join(folder, `${index + 1}.qmptap`)));
}

describe('many recordings of one thread', () => {
  test('of which one floods: the others wait for a block of it at most', () => {
    const { rounds, poll } = rig();
    const all = many(testFolder(), 51);
    const [flood, ...quiet] = all;
    all.forEach(({ file }, index) => {
      rounds.hear({ type: 'follow', id: index + 1, file });
    });
    for (const each of all) each.write(1);
    for (let round = 0; round < 4; round++) poll(); // all are open
    flood!.write(200_000);
    for (const each of quiet) each.write(1);
    const before = countOf(flood!.file.path);
    poll();
    const block = countOf(flood!.file.path) - before;
    expect(block).toBeGreaterThan(0);
    expect(block).toBeLessThan((1 << 20) / 40); // of 43 bytes each, in a block of a mebibyte
    expect(quiet.map(({ file }) => countOf(file.path))).toEqual(quiet.map(() => 2));
  });

  test('cost nothing while nothing is written, and each has its turn when there is', () => {
    const { rounds, turns, poll } = rig();
    const all = many(testFolder(), 5);
    all.forEach(({ file }, index) => {
      rounds.hear({ type: 'follow', id: index + 1, file: { ...file, frugal: true } });
    });
    for (const each of all) each.write(1);
    for (let round = 0; round < 4; round++) poll();
    turns.length = 0;
    const soon = performance.now();
    expect([rounds.round(soon), turns]).toEqual([expect.any(Number), []]);
    all[2]!.write(3);
    poll();
    expect(turns).toContain(3);
    expect(countOf(all[2]!.file.path)).toBe(4);
  });

  test('have their locks before any of them is worked on', () => {
    const { rounds, turns } = rig();
    const all = many(testFolder(), 3);
    all.forEach(({ file }, index) => {
      rounds.hear({ type: 'follow', id: index + 1, file });
    });
    expect(rounds.round(performance.now())).toBe(0);
    expect(turns).toEqual([1, 2, 3]);
    for (const { file } of all)
      expect([isLive(file.path), readFileSync(file.path).length]).toEqual([true, 0]);
  });

  test('of which one is removed and one finished: the third goes on', () => {
    const folder = testFolder();
    const { rounds, until, told, toldTypes, poll } = rig();
    const all = many(folder, 3);
    all.forEach(({ file }, index) => {
      rounds.hear({ type: 'follow', id: index + 1, file });
    });
    for (const each of all) each.write(7);
    for (const id of [1, 2, 3]) rounds.hear({ type: 'to', id, said: flush });
    for (const id of [1, 2, 3]) until(id, 'flushed');
    rmSync(all[0]!.file.path);
    all[1]!.journal.close();
    rounds.hear({ type: 'to', id: 1, said: finish });
    rounds.hear({ type: 'to', id: 2, said: finish });
    until(2, 'finished');
    until(1, 'lost');
    expect(told.get(2)?.at(-1)).toEqual({ type: 'finished', messages: 7, incomplete: undefined });
    expect(readdirSync(folder).filter((name) => /^[12]\./.test(name))).toEqual(['2.qmptap']);
    all[2]!.write(1);
    rounds.hear({ type: 'to', id: 3, said: { ...flush, upTo: all[2]!.journal.place } });
    poll();
    expect([toldTypes(3), countOf(all[2]!.file.path)]).toEqual([['flushed', 'flushed'], 8]);
  });

  test('of which another program keeps one locked: it is told of, the others go on, and it does when that is over', () => {
    const { rounds, until, toldTypes } = rig();
    const [locked, other] = many(testFolder(), 2);
    [locked, other].forEach((each, index) => {
      rounds.hear({ type: 'follow', id: index + 1, file: each!.file });
      each!.write(1);
      rounds.hear({ type: 'to', id: index + 1, said: flush });
      until(index + 1, 'flushed');
    });
    {
      const db = connect(locked!.file.path, { readonly: false, patience: 0 });
      db.exec('BEGIN IMMEDIATE');
      locked!.write(1);
      other!.write(1);
      until(1, 'stuck');
      expect([countOf(other!.file.path), countOf(locked!.file.path)]).toEqual([2, 1]);
      rounds.hear({ type: 'to', id: 1, said: flush }); // has nothing to wait for
      expect(toldTypes(1).filter((type) => type === 'flushed')).toHaveLength(2);
      db.exec('ROLLBACK');
      db.close();
    }
    until(1, 'stuck');
    rounds.hear({ type: 'to', id: 1, said: finish });
    until(1, 'finished');
    using reader = openRecording(locked!.file.path);
    expect(reader.count()).toBe(2);
  });

  rootTest('of which the disk of one is full: it is told of, and the others go on', () => {
    const { rounds, until, toldTypes } = rig();
    const disk = smallDisk(2_500);
    mkdirSync(join(disk, 'a'));
    const full = writtenJournal(join(disk, 'a', 'full.qmptap'));
    const other = writtenJournal(join(testFolder(), 'other.qmptap'));
    rounds.hear({ type: 'follow', id: 1, file: full.file });
    rounds.hear({ type: 'follow', id: 2, file: other.file });
    full.write(30_000); // its journal fits, its tables do not
    other.write(5);
    until(1, 'stuck');
    expect([toldTypes(2), countOf(other.file.path)]).toEqual([[], 5]);
    full.journal.close();
    rounds.hear({ type: 'to', id: 1, said: finish });
    until(1, 'failed');
    rounds.hear({ type: 'to', id: 2, said: finish });
    until(2, 'finished');
    expect(isLive(full.file.path)).toBe(false); // the next who opens it recovers it
  });

  test('keep what all of a folder take together, and say once that it cannot be kept', () => {
    const folder = testFolder();
    const { rounds, told, poll } = rig();
    const [one] = many(folder, 1);
    rounds.hear({ type: 'follow', id: 1, file: one!.file });
    rounds.hear({ type: 'limit', total: { folder, pattern: /^1\.qmptap$/, most: 100 } });
    one!.write(1);
    for (let round = 0; round < 30; round++) poll();
    const line = expect.stringMatching(
      / has \d+ bytes, more than --max-total: what is being written/,
    ) as string;
    expect(told.get(0)).toEqual([{ type: 'not-removed', line }]);
    expect(countOf(one!.file.path)).toBe(1);
  });

  test('tell the other thread how large they are', () => {
    const { rounds, until } = rig();
    const [one] = many(testFolder(), 1);
    rounds.hear({ type: 'follow', id: 1, file: one!.file });
    one!.write(10_000);
    rounds.hear({ type: 'to', id: 1, said: { ...flush, upTo: one!.journal.place } });
    until(1, 'flushed');
    expect(countOf(one!.file.path)).toBe(10_000);
    expect(one!.file.gauge[gauges.size]).toBeGreaterThan(300);
    expect(one!.file.gauge[gauges.segment]).toBe(1);
  });
});
