import { closeSync, existsSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { journalPath, journalSegments } from '../../../src/store/disk/files.js';
import {
  type JournalRecord,
  recordHeadLength,
  segmentHeaderLength,
} from '../../../src/store/journal/journal-format.js';
import { JournalReader, readSegmentHeader } from '../../../src/store/journal/journal-reader.js';
import { JournalWriter } from '../../../src/store/journal/journal-writer.js';
import { testFolder } from '../../support/folder.js';

/** A note of so many bytes. */
const note = (t: number, length = 10): JournalRecord => ({
  ...{ type: 'note', session: 1, dir: 'c2s', t, payload: new Uint8Array(length), fds: 0 },
});

/** Reads until there is nothing more. */
function read(reader: JournalReader): number[] {
  const times: number[] = [];
  while (reader.readBlock(({ t }) => times.push(t)) !== 'end');
  return times;
}

describe('a journal that is written', () => {
  test('tells of a close that the system refuses, and goes on', () => {
    const path = join(testFolder(), 'a');
    const failures: string[] = [];
    const journal = new JournalWriter(path, {
      recording: new Uint8Array(16),
      durable: false,
      onFailure: (reason) => failures.push(reason),
    });
    const open = readdirSync('/proc/self/fd').map((name) => join('/proc/self/fd', name));
    const own = open.find((link) => existsSync(link) && readlinkSync(link) === journalPath(path, 1));
    closeSync(Number(basename(own ?? '')));
    journal.close();
    journal.close();
    expect(failures).toEqual([expect.stringContaining('bad file descriptor')]);
  });

  test('says in its header why it had to end, and takes no more', () => {
    const path = join(testFolder(), 'a');
    const reasons: string[] = [];
    const journal = new JournalWriter(path, {
      recording: new Uint8Array(16),
      durable: false,
      onFailure: (reason) => reasons.push(reason),
    });
    journal.append(note(1));
    journal.write();
    journal.fail('the disk went away');
    journal.append(note(2));
    journal.write();
    journal.fail('again');
    journal.close();
    expect(reasons).toEqual(['the disk went away']);
    const reader = new JournalReader(path, 1);
    expect(read(reader)).toHaveLength(1);
    expect(reader.header()).toMatchObject({ segment: 1, trouble: 'the disk went away' });
    reader.close();
  });

  test('is on the disk at once when it must be', () => {
    const path = join(testFolder(), 'a');
    const journal = new JournalWriter(path, {
      recording: new Uint8Array(16),
      durable: true,
      onFailure: () => undefined,
    });
    journal.append({ type: 'chunk', session: 1, dir: 's2c', t: 1, payload: new Uint8Array(10), fds: 0 });
    expect(statSync(journalPath(path, 1)).size).toBe(segmentHeaderLength + recordHeadLength + 10);
    journal.close();
  });

  test('begins a new segment when one is full, and writes what is larger than its buffer', () => {
    const path = join(testFolder(), 'a');
    const recording = new Uint8Array(16).fill(9);
    const journal = new JournalWriter(path, {
      ...{ recording, durable: false, segmentSize: 2_000 },
      onFailure: (reason) => expect.unreachable(reason),
    });
    for (const [t, length] of [900, 900, 2_000_000, 900].entries()) {
      journal.append(note(t, length));
      journal.write();
    }
    journal.close();
    expect([journal.segment, journalSegments(path)]).toEqual([3, [1, 2, 3]]);
    for (const segment of [1, 2, 3])
      expect(readSegmentHeader(journalPath(path, segment))).toMatchObject({ recording, segment });
    const reader = new JournalReader(path, 1);
    expect(read(reader)).toEqual([0, 1, 2, 3]);
    reader.close();
  });
});
