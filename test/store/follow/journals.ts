/** Recordings whose journals are written here, for those who follow them in this thread. */
import { onTestFinished } from 'vitest';
import { createEmptyFile, lockPath } from '../../../src/store/disk/files.js';
import { holdFile, releaseFile } from '../../../src/store/disk/moved-file.js';
import { type FollowedFile, gauges } from '../../../src/store/follow/indexer-messages.js';
import { encodePayload } from '../../../src/store/journal/journal-payload.js';
import { JournalWriter } from '../../../src/store/journal/journal-writer.js';
import { bytes, start } from '../traffic.js';

export interface WrittenJournal {
  readonly file: FollowedFile;
  readonly journal: JournalWriter;
  /** Writes so many events into it. */
  readonly write: (events: number) => void;
}

let made = 0;

/** A recording that has begun, with a session. */
export function writtenJournal(path: string, frugal = true): WrittenJournal {
  createEmptyFile(path);
  createEmptyFile(lockPath(path));
  const gauge = new Int32Array(new SharedArrayBuffer(4 * gauges.length));
  const journal = new JournalWriter(path, {
    recording: new Uint8Array(16).fill(++made),
    durable: false,
    onFailure: (reason) => {
      throw new Error(reason);
    },
    onWritten: () => {
      Atomics.add(gauge, gauges.writes, 1);
    },
  });
  const file = holdFile(path);
  onTestFinished(() => {
    journal.close();
    releaseFile(file);
  });
  const record = { session: 1, dir: 's2c' as const, t: 1, fds: 0 };
  journal.append({ ...record, type: 'begin', payload: encodePayload({ createdBy: 'test', created: 5 }) });
  journal.append({ ...record, type: 'open', payload: encodePayload(start) });
  return {
    file: { path, durable: false, series: undefined, frugal, file, gauge },
    journal,
    write: (events) => {
      const payload = bytes('{"event": "STOP"}\r\n');
      for (let event = 0; event < events; event++) journal.append({ ...record, type: 'chunk', payload });
      journal.write();
    },
  };
}
