/**
 * Many recordings, of which only some are open at a time: a folder may have thousands, and each that is open costs
 * descriptors and memory. One that was closed is opened again when it is read.
 */
import type { Mark } from '../../recording/marks.js';
import type { Message } from '../../recording/message.js';
import type { MessageOutline, MessageRange, RecordingInfo, RecordingReader } from '../../recording/ports.js';
import type { Session } from '../../recording/session.js';
import { type OpenedRecording, openRecording, type OpenOptions } from '../index/open.js';

/** Each costs a few descriptors and up to 2 MB. Of 300 VMs that run, all are read several times a second. */
const mostOpen = 320;
/** Messages read at a time, while the recording is kept open. */
const chunk = 500;

export class RecordingPool {
  readonly #options: OpenOptions;
  readonly #most: number;
  /** The one that was used last is the last. */
  readonly #open = new Map<PooledRecording, OpenedRecording>();

  constructor(options: OpenOptions = {}, most = mostOpen) {
    const told = new Set<string>();
    this.#most = most;
    this.#options = {
      // It is opened more than once.
      onNotice: (line) => {
        if (told.has(line)) return;
        told.add(line);
        options.onNotice?.(line);
      },
    };
  }

  /** @throws RecordingError if it cannot be opened */
  open(path: string): PooledRecording {
    const recording: PooledRecording = new PooledRecording(
      () => this.#use(recording, path),
      () => {
        this.#open.get(recording)?.close();
        this.#open.delete(recording);
      },
    );
    this.#use(recording, path);
    return recording;
  }

  #use(recording: PooledRecording, path: string): OpenedRecording {
    const opened = this.#open.get(recording) ?? openRecording(path, this.#options);
    this.#open.delete(recording);
    this.#open.set(recording, opened);
    for (const [oldest, reader] of this.#open) {
      if (this.#open.size <= this.#most) break;
      reader.close();
      this.#open.delete(oldest);
    }
    return opened;
  }
}

/** Reads as any other; nothing of it is held open between two reads. */
export class PooledRecording implements Required<RecordingReader> {
  readonly #use: () => OpenedRecording;
  readonly #close: () => void;

  constructor(use: () => OpenedRecording, close: () => void) {
    this.#use = use;
    this.#close = close;
  }

  get info(): RecordingInfo {
    return this.#use().info;
  }

  sessions(): readonly Session[] {
    return this.#use().sessions();
  }

  session(id: number): Session | undefined {
    return this.#use().session(id);
  }

  *messages(range: MessageRange = {}): Iterable<Message> {
    let { after, before } = range;
    for (let left = range.limit ?? Infinity; left > 0;) {
      const limit = Math.min(left, chunk);
      const found = [...this.#use().messages({ ...range, after, before, limit })];
      yield* found;
      if (found.length < limit) return;
      left -= limit;
      if (range.order === 'desc') before = found.at(-1)?.index;
      else after = found.at(-1)?.index;
    }
  }

  *outlines(range: MessageRange = {}): Iterable<MessageOutline> {
    if (range.session !== undefined) {
      // They are found by their number in the session, not by a place from which to go on.
      yield* this.#use().outlines(range);
      return;
    }
    let { after } = range;
    for (let left = range.limit ?? Infinity; left > 0;) {
      const limit = Math.min(left, 10 * chunk);
      const found = [...this.#use().outlines({ ...range, after, limit })];
      yield* found;
      if (found.length < limit) return;
      left -= limit;
      after = found.at(-1)?.index;
    }
  }

  message(session: number, seq: number): Message | undefined {
    return this.#use().message(session, seq);
  }

  responseTo(session: number, seq: number): Message | undefined {
    return this.#use().responseTo(session, seq);
  }

  marks(): readonly Mark[] {
    return this.#use().marks();
  }

  count(): number {
    return this.#use().count();
  }

  close(): void {
    this.#close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
