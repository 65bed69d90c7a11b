import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { journalPath, journalSegments } from '../../../src/store/disk/files.js';
import {
  recordHeadLength,
  recordTypes,
  segmentHeaderLength,
} from '../../../src/store/journal/journal-format.js';
import { JournalReader } from '../../../src/store/journal/journal-reader.js';
import { JournalWriter } from '../../../src/store/journal/journal-writer.js';
import { testFolder } from '../../support/folder.js';

const record = fc.record({
  type: fc.constantFrom(...recordTypes),
  session: fc.nat(5),
  dir: fc.constantFrom('c2s', 's2c' as const),
  t: fc.double({ noNaN: true, noDefaultInfinity: true }),
  payload: fc.oneof(
    { weight: 9, arbitrary: fc.uint8Array({ maxLength: 300 }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(new Uint8Array(70_000).fill(3), new Uint8Array(1_100_000).fill(4)),
    },
  ),
  fds: fc.nat(300),
});
type Written = typeof record extends fc.Arbitrary<infer T> ? T : never;

/** With its bytes as text, which is compared in no time. */
function plain({ payload, ...rest }: { readonly payload: Uint8Array }): object {
  return { ...rest, payload: Buffer.from(payload).toString('latin1') };
}

function writer(path: string, segmentSize?: number): JournalWriter {
  return new JournalWriter(path, {
    recording: new Uint8Array(16).fill(9),
    durable: false,
    segmentSize,
    onFailure: (reason) => {
      throw new Error(reason);
    },
  });
}

function write(journal: JournalWriter, records: readonly Written[]): void {
  for (const { type, session, dir, t, payload, fds } of records)
    journal.append({ type, session, dir, t, payload, fds });
}

/** Reads until there is nothing more. */
function read(reader: JournalReader): object[] {
  const records: object[] = [];
  while (reader.readBlock(({ payload, ...rest }) => records.push(plain({ ...rest, payload }))) !== 'end');
  return records;
}

describe('a journal that is read', () => {
  test('gives back what was written, whatever its segments', () => {
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 40 }),
        fc.integer({ min: 600, max: 5_000 }),
        (records, size) => {
          const path = join(testFolder(), 'a');
          const journal = writer(path, size);
          write(journal, records);
          journal.close();
          const reader = new JournalReader(path, 1);
          expect(read(reader)).toEqual(records.map(plain));
          expect(reader.damage).toBeUndefined();
          expect(reader.segment).toBe(journal.segment);
          expect(journalSegments(path)).toHaveLength(journal.segment);
          reader.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  test('can be read while it is written', () => {
    const path = join(testFolder(), 'a');
    const journal = writer(path, 1_000);
    const reader = new JournalReader(path, 1);
    const all: Written[] = [];
    const found: object[] = [];
    for (const records of fc.sample(fc.array(record, { maxLength: 5 }), { numRuns: 50, seed: 1 })) {
      write(journal, records);
      journal.write();
      all.push(...records);
      found.push(...read(reader));
      expect(found).toHaveLength(all.length);
    }
    expect(found).toEqual(all.map(plain));
    journal.close();
    reader.close();
  });

  test('cut anywhere gives every whole record before the cut', () => {
    const path = join(testFolder(), 'a');
    const journal = writer(path);
    const records = fc
      .sample(record, { numRuns: 12, seed: 3 })
      .map((one) => ({ ...one, payload: one.payload.slice(0, 40) }));
    write(journal, records);
    journal.close();
    const file = journalPath(path, 1);
    const ends = records.reduce<number[]>(
      (places, { payload }) => [...places, (places.at(-1) ?? 0) + recordHeadLength + payload.length],
      [],
    );
    for (let size = statSync(file).size; size >= segmentHeaderLength; size--) {
      truncateSync(file, size);
      const reader = new JournalReader(path, 1);
      const whole = ends.filter((end) => segmentHeaderLength + end <= size).length;
      expect(read(reader)).toEqual(records.slice(0, whole).map(plain));
      expect(reader.damage).toBeUndefined();
      reader.close();
    }
  });

  test('with any byte changed is read as far as that goes, and never further than its end', () => {
    const path = join(testFolder(), 'a');
    const journal = writer(path, 700);
    write(
      journal,
      fc
        .sample(record, { numRuns: 12, seed: 5 })
        .map((one) => ({ ...one, payload: one.payload.slice(0, 90) })),
    );
    journal.close();
    const file = journalPath(path, 1);
    const sound = readFileSync(file);
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
        const damaged = Uint8Array.from(sound);
        damaged[place] = (damaged[place] ?? 0) ^ change;
        writeFileSync(file, damaged);
        const reader = new JournalReader(path, 1);
        read(reader);
        expect(reader.segment).toBe(journal.segment);
        reader.close();
      }),
      { numRuns: 200 },
    );
  });
});
