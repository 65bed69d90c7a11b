/**
 * Reads the journal's segments, also while they are written: whole records in their order, each once.
 * Half a record at the end is waited for, or left out if nothing follows.
 */
import { closeSync, existsSync, fstatSync, readSync } from 'node:fs';
import { openRegular } from '../disk/sidecar-files.js';
import { journalPath } from '../disk/files.js';
import type { JournalPlace } from './journal-writer.js';
import {
  decodeRecord,
  decodeSegmentHeader,
  recordHeadLength,
  recordLengthAt,
  segmentHeaderLength,
  type JournalRecord,
  type SegmentHeader,
} from './journal-format.js';

/** `end`: nothing more is there now. `segment`: this segment is done, and the next one is open. */
export type BlockEnd = 'more' | 'end' | 'segment';

/** So much is read and handed on at a time. */
const blockSize = 1 << 20;

/** What a reader reads into. Several may share it, if what one handed on is done with before the next one reads. */
export function newBlock(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(blockSize);
}

/** Of a segment's file; undefined if it does not begin as one. @throws the system's error */
export function readSegmentHeader(path: string): SegmentHeader | undefined {
  const file = openRegular(path);
  try {
    return headerOf(file);
  } finally {
    closeSync(file);
  }
}

function headerOf(file: number): SegmentHeader | undefined {
  const bytes = new Uint8Array(segmentHeaderLength);
  readSync(file, bytes, 0, bytes.length, 0);
  return decodeSegmentHeader(bytes);
}

export class JournalReader {
  readonly #path: string;
  #segment: number;
  #file: number | undefined;
  #offset = 0;
  readonly #usual: Uint8Array<ArrayBuffer>;
  /** A larger one for a record that does not fit. */
  #block: Uint8Array<ArrayBuffer>;
  #damage: string | undefined;

  /** @throws the system's error if the segment cannot be opened, Error if it is no segment */
  constructor(path: string, segment: number, block = newBlock()) {
    this.#path = path;
    this.#segment = segment;
    this.#usual = block;
    this.#block = block;
    this.#open(segment);
  }

  get segment(): number {
    return this.#segment;
  }

  /** What is wrong with the journal so far. */
  get damage(): string | undefined {
    return this.#damage;
  }

  /** How far it is read. */
  get place(): JournalPlace {
    return { segment: this.#segment, offset: this.#offset };
  }

  /** Reads the header as it is now. */
  header(): SegmentHeader | undefined {
    return this.#file === undefined ? undefined : headerOf(this.#file);
  }

  /** Hands on the records of the next block. Their payloads are valid until the next call. */
  readBlock(take: (record: JournalRecord) => void): BlockEnd {
    // Asked before reading: if there is a next segment, then this one grows no more.
    const last = !existsSync(journalPath(this.#path, this.#segment + 1));
    const length = this.#fill();
    const view = new DataView(this.#block.buffer, 0, length);
    let at = 0;
    let sound = true;
    while (at + recordHeadLength <= length) {
      const payload = recordLengthAt(view, at);
      sound = payload !== undefined;
      if (payload === undefined || at + recordHeadLength + payload > length) break;
      take(decodeRecord(this.#block, view, at));
      at += recordHeadLength + payload;
    }
    this.#offset += at;
    const isFull = length === this.#block.length;
    if (at > 0) {
      this.#block = this.#usual;
      return last && !isFull && at === length ? 'end' : 'more';
    }
    if (sound && this.#makeRoom(view)) return 'more';
    if (!sound || (length > 0 && !last)) {
      this.#note(`its journal is damaged at byte ${this.#offset} of segment ${this.#segment}`);
    }
    if (last) return 'end';
    this.#open(this.#segment + 1);
    return 'segment';
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #fill(): number {
    if (this.#file === undefined) return 0;
    let length = 0;
    while (length < this.#block.length) {
      const read = readSync(
        this.#file,
        this.#block,
        length,
        this.#block.length - length,
        this.#offset + length,
      );
      if (read === 0) break;
      length += read;
    }
    return length;
  }

  /** Makes room for a record that is larger than a block, if the file has all of it. */
  #makeRoom(view: DataView): boolean {
    if (this.#file === undefined || view.byteLength < recordHeadLength) return false;
    const needed = recordHeadLength + (recordLengthAt(view, 0) ?? 0);
    if (needed <= this.#block.length || this.#offset + needed > fstatSync(this.#file).size) return false;
    this.#block = new Uint8Array(needed);
    return true;
  }

  #open(segment: number): void {
    this.close();
    const file = openRegular(journalPath(this.#path, segment));
    this.#file = file;
    this.#segment = segment;
    this.#offset = segmentHeaderLength;
    if (this.header() === undefined) this.#note(`segment ${segment} of its journal has no sound header`);
  }

  #note(damage: string): void {
    this.#damage ??= damage;
  }
}
