/**
 * What the parts of qmptap ask of a place that keeps recordings. The store is one (SQLite),
 * `memory.ts` another; the layers above see no difference.
 */
import type { Condition } from './condition.js';
import type { Mark } from './marks.js';
import type { Direction, Message, MessageKind, MessageRef } from './message.js';
import type { Dialect, ServerVersion, Session, SessionEnd, SessionStart } from './session.js';

/** Bytes of one direction, as they passed in one piece. */
export interface Chunk {
  readonly dir: Direction;
  /** Nanoseconds, any monotonic clock; NaN where it is unknown, as in some logs. */
  readonly t: number;
  /** Valid during the call only. */
  readonly bytes: Uint8Array;
  /** How many descriptors came with the first byte. */
  readonly fds: number;
}

/**
 * Takes raw traffic at the speed at which it passes: what a running proxy is given.
 * No call throws and none waits; what cannot be kept is counted and told by the implementation.
 */
export interface TrafficSink {
  /** Gives the new session's number. `t` (here and below): nanoseconds, any monotonic clock. */
  open(start: SessionStart, t: number): number;
  /** Copies what it needs of the bytes before it returns. */
  chunk(session: number, chunk: Chunk): void;
  /** Bytes that qmptap's user sent into the session, whose answer belongs to the user as well. */
  inject(session: number, t: number, bytes: Uint8Array): void;
  note(session: number, t: number, text: string): void;
  close(session: number, t: number, end: SessionEnd, reason: string | undefined): void;
}

/** A message without the place that its keeper gives it. */
export type NewMessage = Omit<Message, 'index'>;

/** What is learned of a session while it runs. */
export interface SessionUpdate {
  readonly dialect?: Dialect;
  readonly version?: ServerVersion;
  readonly ended?: number;
  readonly end?: SessionEnd;
  readonly endReason?: string | undefined;
  readonly note?: string;
}

/** Takes understood messages: what the tap writes to. */
export interface RecordingWriter {
  openSession(id: number, start: SessionStart): void;
  /** In ascending `seq` within each session. `raw` may be a view of a buffer that is used again. */
  add(message: NewMessage): void;
  /** White space or garbage that came after a message and belongs to its frame. */
  append(session: number, seq: number, bytes: Uint8Array): void;
  updateSession(id: number, update: SessionUpdate): void;
}

/** Which messages, and from where. Absent means no restriction. */
export interface MessageRange {
  /** Only this session, by its number. */
  readonly session?: number | undefined;
  /** Only messages that fulfil this condition; see `parseFilter`. */
  readonly where?: Condition | undefined;
  /** Only messages with an `index` above (below) this one. */
  readonly after?: number | undefined;
  /** Only messages with an `index` below this one. */
  readonly before?: number | undefined;
  /** `desc`: the newest first. */
  readonly order?: 'asc' | 'desc' | undefined;
  /** The most to give. */
  readonly limit?: number | undefined;
}

/**
 * Why a recording is known not to hold everything. `write-failed`: the disk was full, for example. `file-moved`:
 * it was moved or removed while it was made. `journal-missing`, `journal-damaged`: traffic that a crash left
 * could not be recovered. `copied-live`: it is a copy of one that was being made.
 */
export type Loss = 'write-failed' | 'file-moved' | 'journal-missing' | 'journal-damaged' | 'copied-live';

/** A recording's own description. */
export interface RecordingInfo {
  /** The file, as it was named. */
  readonly path: string;
  /** The number of the file's format. */
  readonly format: number;
  /** `qmptap 0.1.0`. */
  readonly createdBy: string;
  /** Wall clock, microseconds since 1970. */
  readonly created: number;
  /** Somebody is still writing it. */
  readonly live: boolean;
  /** Why it is known not to hold everything: a full disk, for example. */
  readonly incomplete: string | undefined;
  /** Where it is in more than one file, as while it is being written: those beside `path`. */
  readonly filesBeside?: readonly string[];
  /** What kind of reason `incomplete` is. */
  readonly loss?: Loss | undefined;
  /** The series that it is a file of, by the name of that. */
  readonly series?: string | undefined;
  /** Where several recordings are read as one: what each of them says. */
  readonly parts?: readonly RecordingInfo[] | undefined;
}

/** A message without its bytes: all that statistics look at. */
export interface MessageOutline extends MessageRef {
  /** Its place in the recording, as that of a message. */
  readonly index: number;
  /** Nanoseconds since the session began. */
  readonly t: number;
  /** What it is. */
  readonly kind: MessageKind;
  /** The command's or the event's name. */
  readonly name: string | undefined;
  /** On a response: the `seq` of its command. */
  readonly replyTo: number | undefined;
  /** On a response: its command's name. */
  readonly command: string | undefined;
  /** On a response: nanoseconds since its command was complete. */
  readonly latency: number | undefined;
  /** How many bytes there are. */
  readonly size: number;
}

/** Reads a recording, finished or growing. Every call sees the newest state. */
export interface RecordingReader extends Disposable {
  /** The recording's own description. */
  readonly info: RecordingInfo;
  /** All sessions, in the order of their beginning. */
  sessions(): readonly Session[];
  /** The session with this number: one is found without reading the others. */
  session(id: number): Session | undefined;
  /** Lazily, in steps that keep memory bounded. */
  messages(range?: MessageRange): Iterable<Message>;
  /** The same messages, several times as fast, where a reader can. */
  outlines?(range?: MessageRange): Iterable<MessageOutline>;
  /** One message by its place; undefined where there is none. */
  message(session: number, seq: number): Message | undefined;
  /** The response to a command. */
  responseTo(session: number, seq: number): Message | undefined;
  /** What people have marked, in the order of the messages. */
  marks?(): readonly Mark[];
  /** How many messages there are, or the index of the last. */
  count(): number;
  /** Lets go of the file. Nothing may be read after it. */
  close(): void;
}
