/**
 * A recording in memory: for tests, for scripts written by hand, and for whatever is too small for a file.
 */
import { compileMatcher } from './matcher.js';
import type { Mark, MarkKeeper } from './marks.js';
import type { Message, MessageRef } from './message.js';
import type {
  MessageRange,
  NewMessage,
  RecordingInfo,
  RecordingReader,
  RecordingWriter,
  SessionUpdate,
} from './ports.js';
import type { Session, SessionStart } from './session.js';

export class MemoryRecording implements RecordingReader, RecordingWriter, MarkKeeper {
  readonly info: RecordingInfo;
  readonly #sessions = new Map<number, Session>();
  readonly #messages: Message[] = [];
  /** By session, then seq: the place in `#messages`. */
  readonly #places = new Map<number, Map<number, number>>();
  readonly #responses = new Map<number, Map<number, number>>();
  readonly #marks = new Map<string, Mark>();

  constructor(path = 'memory') {
    this.info = { path, format: 0, createdBy: 'memory', created: 0, live: false, incomplete: undefined };
  }

  openSession(id: number, start: SessionStart): void {
    this.#sessions.set(id, {
      id,
      label: start.label,
      dialect: start.dialect ?? 'qmp',
      client: start.client,
      server: start.server,
      version: undefined,
      started: start.started,
      ended: undefined,
      end: undefined,
      endReason: undefined,
      notes: [],
      messages: 0,
      bytes: 0,
    });
    this.#places.set(id, new Map());
    this.#responses.set(id, new Map());
  }

  add(message: NewMessage): void {
    const place = this.#messages.length;
    this.#messages.push({ ...message, raw: message.raw.slice(), index: place + 1 });
    this.#places.get(message.session)?.set(message.seq, place);
    if (message.replyTo !== undefined) this.#responses.get(message.session)?.set(message.replyTo, place);
    this.#count(message.session, 1, message.raw.length);
  }

  append(session: number, seq: number, bytes: Uint8Array): void {
    const place = this.#places.get(session)?.get(seq);
    const message = this.#at(place);
    if (place === undefined || message === undefined) return;
    const raw = new Uint8Array(message.raw.length + bytes.length);
    raw.set(message.raw);
    raw.set(bytes, message.raw.length);
    this.#messages[place] = { ...message, raw };
    this.#count(session, 0, bytes.length);
  }

  updateSession(id: number, { note, ...update }: SessionUpdate): void {
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    const notes = note === undefined ? session.notes : [...session.notes, note];
    this.#sessions.set(id, { ...session, ...update, notes });
  }

  sessions(): readonly Session[] {
    return [...this.#sessions.values()];
  }

  session(id: number): Session | undefined {
    return this.#sessions.get(id);
  }

  *messages(range: MessageRange = {}): Iterable<Message> {
    const { session, after = 0, before = Infinity, order = 'asc', limit = Infinity } = range;
    const matches = compileMatcher(range.where ?? { op: 'all' });
    const ordered = order === 'asc' ? this.#messages : this.#messages.toReversed();
    let given = 0;
    for (const message of ordered) {
      if (given >= limit) return;
      if (message.index <= after || message.index >= before) continue;
      if (session !== undefined && message.session !== session) continue;
      const answer = this.responseTo(message.session, message.seq);
      const told = this.#sessions.get(message.session);
      const context = {
        label: told?.label,
        started: told?.started,
        file: this.info.path.slice(this.info.path.lastIndexOf('/') + 1),
        answer: answer && { latency: answer.latency },
        mark: this.#marks.get(keyOf(message)),
      };
      if (!matches(message, context)) continue;
      given += 1;
      yield message;
    }
  }

  message(session: number, seq: number): Message | undefined {
    return this.#at(this.#places.get(session)?.get(seq));
  }

  responseTo(session: number, seq: number): Message | undefined {
    return this.#at(this.#responses.get(session)?.get(seq));
  }

  count(): number {
    return this.#messages.length;
  }

  marks(): readonly Mark[] {
    return [...this.#marks.values()].sort((a, b) => a.session - b.session || a.seq - b.seq);
  }

  put(mark: Mark): void {
    this.#marks.set(keyOf(mark), mark);
  }

  remove(message: MessageRef): void {
    this.#marks.delete(keyOf(message));
  }

  close(): void {
    // Nothing is held open.
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #at(place: number | undefined): Message | undefined {
    return place === undefined ? undefined : this.#messages[place];
  }

  #count(id: number, messages: number, bytes: number): void {
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    this.#sessions.set(id, {
      ...session,
      messages: session.messages + messages,
      bytes: session.bytes + bytes,
    });
  }
}

function keyOf({ session, seq }: MessageRef): string {
  return `${session} ${seq}`;
}
