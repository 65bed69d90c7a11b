import {
  type Dirent,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Tap } from '../../../src/proxy/tap.js';
import { MemoryRecording } from '../../../src/recording/memory.js';
import type { RecordingReader } from '../../../src/recording/ports.js';
import { openWriter } from '../../../src/store/disk/database.js';
import { journalPath, journalSegments } from '../../../src/store/disk/files.js';
import { Indexer } from '../../../src/store/index/indexer.js';
import type { JournalWriter } from '../../../src/store/journal/journal-writer.js';
import { openRecording } from '../../../src/store/index/open.js';
import { testFolder } from '../../support/folder.js';
import { bytes, crashed, numbers, start, variedTraffic, type Told } from '../traffic.js';

function filesOf(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
}

function inMemory(traffic: (to: Told) => void): MemoryRecording {
  const memory = new MemoryRecording();
  const tap = new Tap(memory);
  traffic(tap);
  tap.cutOff();
  return memory;
}

function everything(reader: RecordingReader): object {
  return {
    sessions: reader.sessions(),
    messages: [...reader.messages()].map(({ raw, ...rest }) => ({
      ...rest,
      raw: Buffer.from(raw).toString('latin1'),
    })),
  };
}

/** Calls `then` after everything that is told. */
function followed(to: Told, then: () => void): Told {
  return {
    open: (...told) => {
      to.open(...told);
      then();
    },
    chunk: (...told) => {
      to.chunk(...told);
      then();
    },
    inject: (...told) => {
      to.inject(...told);
      then();
    },
    note: (...told) => {
      to.note(...told);
      then();
    },
    close: (...told) => {
      to.close(...told);
      then();
    },
  };
}

const varied = (to: Told): void => {
  variedTraffic(to, 3, 250);
};

/** Written at once, so that there are many segments. */
const inSegments = (to: Told, journal: JournalWriter): void => {
  varied(
    followed(to, () => {
      journal.write();
    }),
  );
};

describe('what a crash left', () => {
  test('is recovered when the recording is opened, and is one file then', () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    crashed(path, varied);
    const notices: string[] = [];
    using recording = openRecording(path, { onNotice: (line) => notices.push(line) });
    expect(everything(recording)).toEqual(everything(inMemory(varied)));
    expect(recording.info).toMatchObject({
      createdBy: 'crashed',
      created: 5,
      live: false,
      incomplete: undefined,
    });
    expect([...recording.damage()]).toEqual([]);
    expect(notices).toEqual([`${path}: its recording was cut off; recovering what was left beside it`]);
    expect(readdirSync(folder)).toEqual(['a.qmptap']);
  });

  test('is the same after crashes at any moments of recovering it', () => {
    const truth = everything(inMemory(varied));
    fc.assert(
      fc.property(
        fc.integer({ min: 700, max: 20_000 }),
        fc.array(fc.nat(12), { minLength: 1, maxLength: 4 }),
        (size, crashes) => {
          const folder = testFolder();
          const path = join(folder, 'a.qmptap');
          crashed(path, varied, size);
          for (const steps of crashes) {
            const db = openWriter(path, false);
            const indexer = new Indexer(db, path);
            for (let step = 0; step < steps && indexer.step(); step++);
            // A copy of all files is what a killed process leaves; the connection is closed on the original.
            const left = join(folder, 'left');
            mkdirSync(left);
            for (const { name } of filesOf(folder)) copyFileSync(join(folder, name), join(left, name));
            indexer.close();
            db.close();
            for (const { name } of filesOf(folder)) rmSync(join(folder, name));
            for (const { name } of filesOf(left)) copyFileSync(join(left, name), join(folder, name));
            rmSync(left, { recursive: true });
          }
          using recording = openRecording(path);
          expect(everything(recording)).toEqual(truth);
          expect([...recording.damage()]).toEqual([]);
        },
      ),
      { numRuns: 15 },
    );
  });

  test('is the same at whatever moments it was followed while it was made', () => {
    const traffic = (to: Told): void => {
      variedTraffic(to, 3, 250);
      to.note(2, 0, 'after its end');
    };
    const truth = everything(inMemory(traffic));
    fc.assert(
      fc.property(fc.integer({ min: 700, max: 20_000 }), fc.integer({ min: 1, max: 99 }), (size, seed) => {
        const path = join(testFolder(), 'a.qmptap');
        crashed(
          path,
          (to, journal) => {
            const random = numbers(seed);
            const db = openWriter(path, false);
            const indexer = new Indexer(db, path);
            const follow = (): void => {
              if (random(3) > 0) return;
              journal.write();
              while (indexer.step());
            };
            traffic(followed(to, follow));
            indexer.close();
            db.close();
          },
          size,
        );
        using recording = openRecording(path);
        expect(everything(recording)).toEqual(truth);
        expect([...recording.damage()]).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  test('has once what came piece by piece after a frame of an earlier segment', () => {
    const path = join(testFolder(), 'a.qmptap');
    crashed(
      path,
      (to, journal) => {
        const db = openWriter(path, false);
        const indexer = new Indexer(db, path);
        to.open(1, start, 0);
        to.chunk(1, { dir: 'c2s', t: 1, bytes: bytes('%'), fds: 0 });
        journal.write();
        while (indexer.step());
        expect(indexer.segment).toBe(2);
        for (const piece of ['a', 'b', 'c']) {
          to.chunk(1, { dir: 'c2s', t: 2, bytes: bytes(piece), fds: 0 });
          journal.write();
          while (indexer.step());
        }
        indexer.close();
        db.close();
      },
      600,
    );
    using recording = openRecording(path);
    expect([...recording.messages()].map(({ raw }) => Buffer.from(raw).toString())).toEqual(['%abc']);
    expect([...recording.damage()]).toEqual([]);
  });

  test('is the same if the last commit is there but its segment was not removed yet', () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    crashed(path, varied, 5_000);
    copyFileSync(journalPath(path, 1), join(folder, 'first'));
    const db = openWriter(path, false);
    const indexer = new Indexer(db, path);
    while (existsSync(journalPath(path, 1))) indexer.step();
    indexer.close();
    db.close();
    copyFileSync(join(folder, 'first'), journalPath(path, 1));
    using recording = openRecording(path);
    expect(everything(recording)).toEqual(everything(inMemory(varied)));
  });

  test('ends the sessions that have no end', () => {
    const path = join(testFolder(), 'a.qmptap');
    const open = (to: Told): void => {
      to.open(1, start, 1_000);
      to.chunk(1, { dir: 's2c', t: 5_000, bytes: bytes('{"event": "STOP"}\r\n{"event": '), fds: 0 });
    };
    crashed(path, open);
    using recording = openRecording(path);
    expect(recording.sessions()).toMatchObject([{ ended: 4_000, end: 'cut-off' }]);
    expect([...recording.messages()].map((message) => message.kind)).toEqual(['event', 'partial']);
    expect([...recording.damage()]).toEqual([]);
  });

  test('with a journal cut anywhere is a prefix', () => {
    const truth = everything(inMemory(varied)) as { messages: object[] };
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (part) => {
        const path = join(testFolder(), 'a.qmptap');
        const journal = crashed(path, varied, 1 << 20);
        expect(journal.segment).toBe(1);
        const size = Math.floor(512 + part * 100_000);
        truncateSync(journalPath(path, 1), size);
        using recording = openRecording(path);
        const { messages } = everything(recording) as { messages: { kind: string; dir: string }[] };
        const whole = messages.filter(({ kind }) => kind !== 'partial');
        expect(recording.info.incomplete).toBeUndefined();
        expect(whole.map(({ dir, kind }) => `${dir} ${kind}`)).toEqual(
          (truth.messages as { kind: string; dir: string }[])
            .slice(0, whole.length)
            .map(({ dir, kind }) => `${dir} ${kind}`),
        );
      }),
      { numRuns: 30 },
    );
  });

  test('without its journal is what is in the tables, and says so', () => {
    const path = join(testFolder(), 'a.qmptap');
    crashed(path, varied, 5_000);
    const db = openWriter(path, false);
    const indexer = new Indexer(db, path);
    for (let step = 0; step < 9; step++) indexer.step();
    const { count } = indexer;
    indexer.close();
    db.close();
    for (const segment of journalSegments(path)) rmSync(journalPath(path, segment));
    using recording = openRecording(path);
    expect(recording.count()).toBe(count);
    expect(recording.info.incomplete).toBe('its journal is missing');
    expect(recording.sessions().map((session) => session.end)).not.toContain(undefined);
  });

  test('is refused to a recording that it does not belong to', () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    crashed(path, varied, 5_000);
    const db = openWriter(path, false);
    new Indexer(db, path).close();
    db.exec("UPDATE recording SET uuid = x'00'");
    db.close();
    using recording = openRecording(path);
    expect(recording.info.incomplete).toBe(
      'its journal could not be recovered: its journal belongs to another recording',
    );
    expect(recording.count()).toBe(0);
    expect(journalSegments(path).length).toBeGreaterThan(1);
  });

  test('says what is missing in the middle', () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    crashed(path, varied, 5_000);
    writeFileSync(journalPath(path, 2), 'nonsense');
    using recording = openRecording(path);
    expect(recording.info.incomplete).toBe('segment 2 of its journal has no sound header');
    expect(recording.count()).toBeGreaterThan(200);
  });

  test('is kept aside where a segment is missing before it, and nothing is lost', () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    crashed(path, inSegments, 5_000);
    const later = journalSegments(path).filter((segment) => segment > 2);
    expect(later.length).toBeGreaterThan(1);
    const before = later.map((segment) => readFileSync(journalPath(path, segment)));
    rmSync(journalPath(path, 2));
    const notices: string[] = [];
    using recording = openRecording(path, { onNotice: (line) => notices.push(line) });
    const kept = later.map((segment) => `a.qmptap.kept-journal-${segment}`);
    expect(recording.info).toMatchObject({
      incomplete: `segment 2 of its journal is missing; what came after it is kept in ${kept.join(', ')}`,
      loss: 'journal-missing',
    });
    expect(recording.count()).toBeGreaterThan(10);
    expect(kept.map((name) => readFileSync(join(folder, name)))).toEqual(before);
    expect(notices).toHaveLength(1 + kept.length);
    expect(readdirSync(folder).sort()).toEqual(['a.qmptap', ...kept].sort());
  });

  test('is kept aside where the tables are gone and it does not begin at the beginning', () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    crashed(path, inSegments, 5_000);
    rmSync(journalPath(path, 1));
    using recording = openRecording(path);
    expect(recording.count()).toBe(0);
    expect(recording.info.incomplete).toMatch(
      /^segment 1 of its journal is missing; what came after it is kept in /,
    );
    expect(readdirSync(folder).filter((name) => name.includes('.kept-journal-')).length).toBeGreaterThan(2);
  });
});
