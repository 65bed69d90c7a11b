/**
 * Appends raw traffic to the journal: copied into a buffer at once, written by one synchronous call per
 * 20 ms or buffer full. Runs on the thread that forwards, so it does nothing else. When a write fails
 * the journal ends for good: no call ever throws.
 */
import { closeSync, fdatasyncSync, rmSync, writeSync, writevSync } from 'node:fs';
import { dirname } from 'node:path';
import { createFile, journalPath, reasonOf, syncFolder } from '../disk/files.js';
import {
  encodeRecordHead,
  encodeSegmentHeader,
  encodeTrouble,
  recordHeadLength,
  segmentHeaderLength,
  type JournalRecord,
} from './journal-format.js';

/** Shorter intervals were measured to cost tail latency (5 ms: p99 2.5 times worse), longer ones lose more in a crash. */
const writeInterval = 20;
const bufferSize = 1 << 20;
/** A payload of this size is written from where it lies rather than copied. */
const largePayload = 64 << 10;
/** Long enough that a change of segment does not show, short enough that a crash leaves little to index again. */
export const segmentSize = 16 << 20;

export interface JournalOptions {
  /** The recording's random bytes. */
  readonly recording: Uint8Array;
  /** Every record is on the disk before the call returns. */
  readonly durable: boolean;
  /** Called once, when the journal had to end. */
  readonly onFailure: (reason: string) => void;
  /** For tests. */
  readonly segmentSize?: number | undefined;
}

export class JournalWriter {
  readonly #path: string;
  readonly #options: JournalOptions;
  readonly #segmentSize: number;
  readonly #buffer = new Uint8Array(bufferSize);
  readonly #view = new DataView(this.#buffer.buffer);
  #used = 0;
  #segment = 0;
  #file: number | undefined;
  /** How long the segment's file is. */
  #size = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @throws the system's error if the first segment cannot be written */
  constructor(path: string, options: JournalOptions) {
    this.#path = path;
    this.#options = options;
    this.#segmentSize = options.segmentSize ?? segmentSize;
    this.#nextSegment();
  }

  /** The number of the segment that is being written. */
  get segment(): number {
    return this.#segment;
  }

  append(record: JournalRecord): void {
    if (this.#file === undefined) return;
    const { payload } = record;
    const copied = payload.length < largePayload;
    const room = recordHeadLength + (copied ? payload.length : 0);
    if (this.#used + room > bufferSize) this.write();
    encodeRecordHead(this.#view, this.#used, record);
    this.#used += recordHeadLength;
    if (copied) {
      this.#buffer.set(payload, this.#used);
      this.#used += payload.length;
      if (this.#options.durable) this.write();
      else this.#timer ??= setTimeout(this.#onTimer, writeInterval);
    } else {
      this.#writeOut(payload);
    }
  }

  /** Writes what is buffered, now. */
  write(): void {
    this.#writeOut(undefined);
  }

  /** Writes what is buffered; later records are ignored. */
  close(): void {
    this.write();
    clearTimeout(this.#timer);
    const file = this.#file;
    this.#file = undefined;
    try {
      if (file !== undefined) closeSync(file);
    } catch (error) {
      // A network file system may report a failed write only now.
      this.#options.onFailure(reasonOf(error));
    }
  }

  /** Ends the journal for a reason that was found elsewhere. */
  fail(reason: string): void {
    const file = this.#file;
    if (file === undefined) return;
    this.#file = undefined;
    clearTimeout(this.#timer);
    const trouble = encodeTrouble(reason);
    // Whole records of the write that failed are kept, and half a one is ignored by the reader.
    attempt(() => writeSync(file, trouble.bytes, 0, trouble.bytes.length, trouble.at));
    attempt(() => {
      closeSync(file);
    });
    this.#options.onFailure(reason);
  }

  readonly #onTimer = (): void => {
    this.#timer = undefined;
    this.write();
  };

  #writeOut(large: Uint8Array | undefined): void {
    if (this.#file === undefined || this.#used === 0) return;
    const buffered = this.#buffer.subarray(0, this.#used);
    this.#used = 0;
    try {
      this.#size +=
        large === undefined ? writeAll(this.#file, buffered) : writeBoth(this.#file, buffered, large);
      if (this.#options.durable) fdatasyncSync(this.#file);
    } catch (error) {
      this.fail(reasonOf(error));
      return;
    }
    if (this.#size >= this.#segmentSize) this.#changeSegment();
  }

  /** Where no new segment can be made now (no rights, no descriptors), the old one grows on. */
  #changeSegment(): void {
    attempt(() => {
      this.#nextSegment();
    });
  }

  #nextSegment(): void {
    const segment = this.#segment + 1;
    const path = journalPath(this.#path, segment);
    const file = createFile(path);
    try {
      const { recording } = this.#options;
      writeAll(file, encodeSegmentHeader({ recording, segment, trouble: undefined }));
      if (this.#options.durable) fdatasyncSync(file);
    } catch (error) {
      closeSync(file);
      rmSync(path, { force: true }); // half a header would hide what the segment before says of its end
      throw error;
    }
    if (this.#options.durable) syncFolder(dirname(path)); // its name, and those of the file and the lock
    const before = this.#file;
    this.#file = file;
    this.#segment = segment;
    this.#size = segmentHeaderLength;
    if (before !== undefined) closeSync(before);
  }
}

function writeAll(file: number, bytes: Uint8Array): number {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
  return bytes.length;
}

function writeBoth(file: number, first: Uint8Array, second: Uint8Array): number {
  const written = writevSync(file, [first, second]);
  if (written < first.length) writeAll(file, first.subarray(written));
  writeAll(file, second.subarray(Math.max(0, written - first.length)));
  return first.length + second.length;
}

function attempt(action: () => void): void {
  try {
    action();
  } catch {
    // Nothing can be done about it now.
  }
}
