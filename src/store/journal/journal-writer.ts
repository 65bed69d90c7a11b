/**
 * Appends raw traffic to the journal: copied into a buffer at once, written by one synchronous call per tick of the
 * timer of all journals, or buffer full. Runs on the thread that forwards, so it does nothing else. When a write fails
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
import { giveBuffer, type JournalBuffer, largeBuffer, smallBuffer, takeBuffer } from './journal-buffer.js';
import { journalTimer } from './journal-timer.js';

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
  /** Called after each write. */
  readonly onWritten?: (() => void) | undefined;
  /** For tests. */
  readonly segmentSize?: number | undefined;
}

/** How far a journal is written: a segment, and bytes in it. */
export interface JournalPlace {
  readonly segment: number;
  readonly offset: number;
}

export class JournalWriter {
  readonly #path: string;
  readonly #options: JournalOptions;
  readonly #segmentSize: number;
  /** There while something is in it. */
  #buffer: JournalBuffer | undefined;
  #used = 0;
  #segment = 0;
  #file: number | undefined;
  /** How long the segment's file is. */
  #size = 0;

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

  /** How far it is written; what is still buffered comes behind it. */
  get place(): JournalPlace {
    return { segment: this.#segment, offset: this.#size };
  }

  append(record: JournalRecord): void {
    if (this.#file === undefined) return;
    const { payload } = record;
    const copied = payload.length < largePayload;
    const { bytes, view } = this.#roomFor(recordHeadLength + (copied ? payload.length : 0));
    encodeRecordHead(view, this.#used, record);
    this.#used += recordHeadLength;
    if (copied) {
      bytes.set(payload, this.#used);
      this.#used += payload.length;
      if (this.#options.durable) this.write();
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
    this.#empty();
    const trouble = encodeTrouble(reason);
    // Whole records of the write that failed are kept, and half a one is ignored by the reader.
    attempt(() => writeSync(file, trouble.bytes, 0, trouble.bytes.length, trouble.at));
    attempt(() => {
      closeSync(file);
    });
    this.#options.onFailure(reason);
  }

  /** A buffer with so much room behind what is used of it. */
  #roomFor(length: number): JournalBuffer {
    if (this.#used + length > largeBuffer) this.write();
    const before = this.#buffer;
    if (before !== undefined && this.#used + length <= before.bytes.length) return before;
    const buffer = takeBuffer(this.#used + length > smallBuffer ? largeBuffer : smallBuffer);
    if (before === undefined) {
      if (!this.#options.durable) journalTimer.add(this);
    } else {
      buffer.bytes.set(before.bytes.subarray(0, this.#used));
      giveBuffer(before);
    }
    this.#buffer = buffer;
    return buffer;
  }

  #empty(): void {
    if (this.#buffer !== undefined) giveBuffer(this.#buffer);
    this.#buffer = undefined;
    this.#used = 0;
    journalTimer.delete(this);
  }

  #writeOut(large: Uint8Array | undefined): void {
    if (this.#file === undefined || this.#buffer === undefined) return;
    const buffered = this.#buffer.bytes.subarray(0, this.#used);
    try {
      this.#size +=
        large === undefined ? writeAll(this.#file, buffered) : writeBoth(this.#file, buffered, large);
      if (this.#options.durable) fdatasyncSync(this.#file);
    } catch (error) {
      this.fail(reasonOf(error));
      return;
    }
    this.#empty(); // nothing else runs before this
    this.#options.onWritten?.();
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
