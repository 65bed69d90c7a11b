/**
 * Several recordings read as one, merged by wall clock: the files of a series, or those of many VMs. Messages come
 * from each recording a few at a time; what is kept of all of them is their order, 16 bytes a message, as far as
 * anybody has read.
 */
import { RecordingError } from '../../errors.js';
import type { Mark } from '../marks.js';
import type { Message } from '../message.js';
import type { MessageRange, RecordingInfo, RecordingReader } from '../ports.js';
import type { Session } from '../session.js';
import { Frontier } from './frontier.js';
import { MergedOrder } from './merged-order.js';
import { MergedSessions } from './merged-sessions.js';

/** What `mergeRecordings` may be told. */
export interface MergeOptions {
  /** What they are called together. */
  readonly path: string;
  /** Told of a recording that cannot be read any further; the others go on. Without it, that is thrown. */
  readonly onFailure?: ((error: RecordingError) => void) | undefined;
  /** Gives recordings that have come since; asked whenever something is read. */
  readonly newcomers?: (() => readonly RecordingReader[]) | undefined;
  /** It is live though none of them is: newcomers are awaited. */
  readonly endless?: boolean | undefined;
}

/** One of the recordings, and what of it is meant. */
export interface MemberRange {
  readonly reader: RecordingReader;
  readonly range: MessageRange;
}

/** Messages read at once, of all recordings together. */
const aheadOfAll = 3_000;
const leastAhead = 10;
const mostAhead = 500;

/** The next messages of one recording that match. */
interface Stream {
  readonly reader: RecordingReader;
  range: MessageRange;
  messages: readonly Message[];
  at: number;
  over: boolean;
}

export class MergedRecording implements RecordingReader {
  readonly #options: MergeOptions;
  readonly #readers: RecordingReader[] = [];
  readonly #failed = new Set<RecordingReader>();
  readonly #sessions = new MergedSessions();
  readonly #order: MergedOrder;
  /** What a recording said that has ended: it will say nothing else. */
  readonly #finished = new Map<RecordingReader, RecordingInfo>();
  readonly #ended = new Map<RecordingReader, readonly Session[]>();

  constructor(readers: readonly RecordingReader[], options: MergeOptions) {
    this.#options = options;
    this.#order = new MergedOrder({
      guard: (reader, read) => this.#guard(reader, read),
      timeOf: (reader, session, t) => this.#sessions.startedOf(this.#numberOf(reader, session)) + t / 1000,
    });
    this.#add(readers);
  }

  /** More recordings: what is in them comes behind what was read already. */
  #add(readers: readonly RecordingReader[]): void {
    if (readers.length === 0) return;
    this.#readers.push(...readers);
    this.#learn(readers);
    for (const reader of readers) this.#order.add(reader);
  }

  /** The recordings by themselves, each with the same range in its own numbers: for what needs no order. */
  apart({ session, where }: Pick<MessageRange, 'session' | 'where'>): readonly MemberRange[] {
    const chosen = session === undefined ? undefined : this.#origin(session);
    return this.#members()
      .filter((reader) => session === undefined || reader === chosen?.reader)
      .map((reader) => ({
        reader,
        range: { session: chosen?.own, where: where && this.#sessions.conditionFor(reader, where) },
      }));
  }

  /** Goes on without the recording that an error is about. False: it is none of these. */
  leaveOut(error: RecordingError): boolean {
    const reader = this.#members().find((one) => this.#infoOf(one)?.path === error.path);
    if (reader === undefined) return false;
    this.#failed.add(reader);
    this.#options.onFailure?.(error);
    return true;
  }

  get info(): RecordingInfo {
    this.#grow();
    const parts = this.#readers.flatMap((reader) => this.#infoOf(reader) ?? []);
    const incomplete = parts.filter((part) => part.incomplete !== undefined);
    return {
      path: this.#options.path,
      format: Math.max(0, ...parts.map(({ format }) => format)),
      createdBy: [...new Set(parts.map(({ createdBy }) => createdBy))].join(', '),
      created: parts.length === 0 ? 0 : Math.min(...parts.map(({ created }) => created)),
      live: this.#options.endless === true || parts.some(({ live }) => live),
      incomplete: incomplete.length === 0 ? undefined : incomplete.map(tellIncomplete).join('; '),
      loss: incomplete[0]?.loss,
      parts,
    };
  }

  sessions(): readonly Session[] {
    this.#grow();
    const found = this.#learn(this.#readers);
    return [...found]
      .flatMap(([reader, sessions]) => sessions.map((session) => this.#renumbered(reader, session)))
      .sort((a, b) => a.id - b.id);
  }

  session(id: number): Session | undefined {
    const { reader, own } = this.#origin(id) ?? {};
    if (reader === undefined || own === undefined) return undefined;
    const session = this.#guard(reader, () => reader.session(own));
    return session && this.#renumbered(reader, session);
  }

  *messages(range: MessageRange = {}): Iterable<Message> {
    this.#grow();
    const streams = this.#streams(range);
    const down = range.order === 'desc';
    const size = Math.floor(aheadOfAll / Math.max(1, streams.length));
    const ahead = Math.min(mostAhead, Math.max(leastAhead, size));
    const next = new Frontier<{ readonly stream: Stream; readonly message: Message }>();
    const offer = (stream: Stream): void => {
      const message = this.#nextOf(stream, ahead);
      if (message !== undefined) next.put(down ? -message.index : message.index, { stream, message });
    };
    for (const stream of streams) offer(stream);
    for (let left = range.limit ?? Infinity; left > 0; left--) {
      const found = next.take();
      if (found === undefined) return;
      yield found.message;
      offer(found.stream);
    }
  }

  message(session: number, seq: number): Message | undefined {
    return this.#found(session, (reader, own) => reader.message(own, seq));
  }

  responseTo(session: number, seq: number): Message | undefined {
    return this.#found(session, (reader, own) => reader.responseTo(own, seq));
  }

  marks(): readonly Mark[] {
    const marks = this.#readers.flatMap((reader) =>
      (this.#guard(reader, () => reader.marks?.() ?? []) ?? []).map((mark) => ({
        ...mark,
        session: this.#numberOf(reader, mark.session),
      })),
    );
    return marks.sort((a, b) => a.session - b.session || a.seq - b.seq);
  }

  count(): number {
    this.#grow();
    return this.#order.count();
  }

  close(): void {
    for (const reader of this.#readers) reader.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #members(): readonly RecordingReader[] {
    return this.#readers.filter((reader) => !this.#failed.has(reader));
  }

  #grow(): void {
    const { newcomers } = this.#options;
    if (newcomers !== undefined) this.#add(newcomers());
  }

  #streams({ session, where, after = 0, before = Infinity, order }: MessageRange): Stream[] {
    if (before < Infinity) this.#order.reach(before - 1);
    else if (order === 'desc') this.#order.count();
    if (after > 0) this.#order.reach(after);
    return this.apart({ session, where }).map(({ reader, range }) => ({
      reader,
      messages: [],
      at: 0,
      over: false,
      range: {
        ...range,
        order,
        after: after > 0 ? this.#order.lastUpTo(reader, after) : undefined,
        before:
          before < Infinity || order === 'desc' ? this.#order.lastUpTo(reader, before - 1) + 1 : undefined,
      },
    }));
  }

  /** The next message of a stream, with its place among all. */
  #nextOf(stream: Stream, ahead: number): Message | undefined {
    const { reader } = stream;
    if (stream.at === stream.messages.length) {
      if (stream.over) return undefined;
      const range = { ...stream.range, limit: ahead };
      stream.at = 0;
      stream.messages = this.#guard(reader, () => [...reader.messages(range)]) ?? [];
      stream.over = stream.messages.length < ahead;
      const last = stream.messages.at(-1)?.index;
      stream.range = range.order === 'desc' ? { ...range, before: last } : { ...range, after: last };
    }
    const message = stream.messages[stream.at++];
    return message && this.#placed(reader, message);
  }

  #found(
    id: number,
    find: (reader: RecordingReader, own: number) => Message | undefined,
  ): Message | undefined {
    const { reader, own } = this.#origin(id) ?? {};
    if (reader === undefined || own === undefined) return undefined;
    const message = this.#guard(reader, () => find(reader, own));
    return message && this.#placed(reader, message);
  }

  /** Undefined: its recording can no longer be read so far. */
  #placed(reader: RecordingReader, message: Message): Message | undefined {
    const index = this.#order.placeOf(reader, message.index);
    if (index === undefined) return undefined;
    const late = message.late && { ...message.late, session: this.#numberOf(reader, message.late.session) };
    return { ...message, index, late, session: this.#numberOf(reader, message.session) };
  }

  #renumbered(reader: RecordingReader, session: Session): Session {
    const file = this.#infoOf(reader)?.path ?? '';
    return { ...session, id: this.#numberOf(reader, session.id), origin: { file, session: session.id } };
  }

  #origin(id: number): ReturnType<MergedSessions['origin']> {
    const known = this.#sessions.origin(id);
    if (known !== undefined) return known;
    this.#learn(this.#readers);
    return this.#sessions.origin(id);
  }

  #numberOf(reader: RecordingReader, own: number): number {
    const known = this.#sessions.numberOf(reader, own);
    if (known !== undefined) return known;
    this.#learn([reader]);
    return this.#sessions.numberOf(reader, own) ?? 0;
  }

  #learn(readers: readonly RecordingReader[]): ReadonlyMap<RecordingReader, readonly Session[]> {
    const found = new Map(readers.map((reader) => [reader, this.#sessionsOf(reader)]));
    this.#sessions.learn(found);
    return found;
  }

  #sessionsOf(reader: RecordingReader): readonly Session[] {
    const known = this.#ended.get(reader);
    if (known !== undefined) return known;
    const live = this.#infoOf(reader)?.live === true;
    const sessions = this.#guard(reader, () => reader.sessions()) ?? [];
    if (!live) this.#ended.set(reader, sessions);
    return sessions;
  }

  /** Undefined: it cannot be read. */
  #infoOf(reader: RecordingReader): RecordingInfo | undefined {
    const known = this.#finished.get(reader);
    if (known !== undefined) return known;
    const info = this.#guard(reader, () => reader.info);
    if (info?.live === false) this.#finished.set(reader, info);
    return info;
  }

  #guard<T>(reader: RecordingReader, read: () => T): T | undefined {
    if (this.#failed.has(reader)) return undefined;
    try {
      return read();
    } catch (error) {
      const { onFailure } = this.#options;
      if (!(error instanceof RecordingError) || onFailure === undefined) throw error;
      this.#failed.add(reader);
      onFailure(error);
      return undefined;
    }
  }
}

function tellIncomplete({ path, incomplete = '' }: RecordingInfo): string {
  return `${path}: ${incomplete}`;
}
