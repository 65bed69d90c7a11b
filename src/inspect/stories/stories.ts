/**
 * Finds the stories of a recording: gives each server's messages to the detectors, which recognise
 * them. Stories go on when a client connects to the same server again.
 */
import { isObject, type JsonObject } from '../../json/value.js';
import type { Condition } from '../../recording/condition.js';
import { memberOf, type Message, type MessageRef } from '../../recording/message.js';
import type { RecordingReader } from '../../recording/ports.js';
import type { Session, SessionEnd } from '../../recording/session.js';
import { ServerNumbers } from '../server-numbers.js';
import { deviceRemovals } from './device-removal.js';
import { guestPrograms } from './guest-exec.js';
import { jobs } from './job.js';
import { migrations } from './migration.js';
import { spanDetectors } from './span.js';
import {
  type Moment,
  type OnAnswer,
  type Story,
  type StoryDetector,
  type DetectorKind,
  StoryBuilder,
  textOf,
} from './story.js';
import { transactions } from './transaction.js';

export type { Moment, Story, StoryOutcome, StoryStep } from './story.js';

const detectors: readonly DetectorKind[] = [
  deviceRemovals,
  jobs,
  migrations,
  transactions,
  guestPrograms,
  ...spanDetectors,
];

/** Far more than any real recording has; bounds memory against a hostile one. */
const maxStories = 100_000;

/** All stories of a recording, or of one session: the unfinished first, each group by its beginning. */
export function collectStories(reader: RecordingReader, session?: number): readonly Story[] {
  const collector = new StoryCollector(reader);
  for (const message of reader.messages({ session, where: concerned })) collector.take(message);
  return collector.stories().sort(unfinishedFirst);
}

/** The stories of a recording that grows, read on in short steps. */
export class StoryFeed {
  readonly #reader: RecordingReader;
  readonly #collector: StoryCollector;
  #read = 0;

  constructor(reader: RecordingReader) {
    this.#reader = reader;
    this.#collector = new StoryCollector(reader);
  }

  /** Reads among the next `most` messages. False: there are no more. */
  readOn(most: number): boolean {
    const last = this.#reader.count();
    if (this.#read >= last) return false;
    const before = Math.min(last, this.#read + most) + 1;
    for (const message of this.#reader.messages({ where: concerned, after: this.#read, before })) {
      this.#collector.take(message);
    }
    this.#read = before - 1;
    return true;
  }

  /** Those without an end, as far as was read. */
  unfinished(): readonly Story[] {
    this.#collector.refresh();
    return this.#collector.stories().filter(({ end }) => end === undefined);
  }
}

const concerned: Condition = {
  op: 'or',
  of: [
    ...unique(detectors.flatMap(({ commands }) => commands)).map((glob) => ({
      op: 'glob' as const,
      field: 'cmd' as const,
      glob,
    })),
    ...unique(detectors.flatMap(({ events }) => events)).map((glob) => ({
      op: 'glob' as const,
      field: 'event' as const,
      glob,
    })),
  ],
};

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}

function unfinishedFirst(a: Story, b: Story): number {
  const open = Number(b.end === undefined) - Number(a.end === undefined);
  return open || a.start.started - b.start.started || a.start.t - b.start.t;
}

/** Gathers stories as messages come. */
export class StoryCollector {
  readonly #reader: RecordingReader;
  readonly #numbers = new ServerNumbers();
  /** By their numbers. */
  readonly #servers = new Map<number, Server>();

  constructor(reader: RecordingReader) {
    this.#reader = reader;
    this.refresh();
  }

  take(message: Message): void {
    // The session may have begun after the list was read.
    if (this.#numbers.of(message.session) === undefined) this.refresh();
    this.#serverOf(message.session)?.take(message);
  }

  /** Learns how sessions ended that were open before, and which have begun. */
  refresh(): void {
    const sessions = this.#reader.sessions();
    this.#numbers.learn(sessions);
    for (const session of sessions) this.#serverOf(session.id)?.add(session);
  }

  stories(): Story[] {
    return [...this.#servers.values()].flatMap((server) => server.stories(this.#reader));
  }

  #serverOf(session: number): Server | undefined {
    const number = this.#numbers.of(session);
    if (number === undefined) return undefined;
    const server = this.#servers.get(number) ?? new Server();
    this.#servers.set(number, server);
    return server;
  }
}

/** One server with all its sessions. */
class Server {
  readonly #detectors: readonly { readonly kind: DetectorKind; readonly detector: StoryDetector }[];
  readonly #builders: StoryBuilder[] = [];
  readonly #sessions = new Map<number, Session>();
  /** By session and seq: who waits for the response to a command. */
  readonly #awaiting = new Map<string, readonly OnAnswer[]>();
  #latest: Moment | undefined;

  constructor() {
    const begin = (
      kind: string,
      name: string,
      { name: text, at }: { name: string; at: Moment },
    ): StoryBuilder => {
      const builder = new StoryBuilder(kind, name, { ...at, text });
      if (this.#builders.length < maxStories) this.#builders.push(builder);
      return builder;
    };
    this.#detectors = detectors.map((kind) => ({ kind, detector: kind.create(begin) }));
  }

  add(session: Session): void {
    this.#sessions.set(session.id, session);
  }

  take(message: Message): void {
    const { session, seq, t, kind, name, replyTo, late, untimed } = message;
    const at: Moment = { session, seq, t, started: this.#sessions.get(session)?.started ?? 0, untimed };
    this.#latest = at;
    if (kind === 'command' && name !== undefined) {
      const said = { name, given: part(message, 'arguments'), at };
      const waiting = this.#wanting('commands', name).flatMap((detector) => detector.command?.(said) ?? []);
      if (waiting.length > 0) this.#awaiting.set(keyOf({ session, seq }), waiting);
    } else if (kind === 'event' && name !== undefined) {
      const said = { name, given: part(message, 'data'), at };
      for (const detector of this.#wanting('events', name)) detector.event?.(said);
    } else if (kind === 'success' || kind === 'error') {
      const ref = replyTo === undefined ? late : { session, seq: replyTo };
      if (ref !== undefined) this.#answer(ref, message, at);
    }
  }

  #answer(ref: MessageRef, message: Message, at: Moment): void {
    const key = keyOf(ref);
    const waiting = this.#awaiting.get(key);
    if (waiting === undefined) return;
    this.#awaiting.delete(key);
    const ok = message.kind === 'success';
    const returned = ok ? memberOf(message.raw, 'return') : undefined;
    const desc = ok ? undefined : textOf(memberOf(message.raw, 'error'), 'desc');
    for (const respond of waiting) respond({ ok, returned, desc, at });
  }

  #wanting(list: 'commands' | 'events', name: string): readonly StoryDetector[] {
    return this.#detectors.flatMap(({ kind, detector }) => (kind[list].includes(name) ? [detector] : []));
  }

  stories(reader: RecordingReader): Story[] {
    if (this.#builders.length === 0) return [];
    const last = this.#last(reader);
    const { end, endReason } = [...this.#sessions.values()].at(-1) ?? {};
    const reason = endReason === undefined ? '' : ` (${endReason})`;
    return this.#builders.map((builder) => builder.story(last, end && `${whyUnfinished[end]}${reason}`));
  }

  /** The last that is known of this server: the end of its last session, or its last message. */
  #last(reader: RecordingReader): Moment {
    const session = [...this.#sessions.values()].at(-1);
    const known = this.#latest ?? { session: 0, seq: 0, t: 0, started: 0 };
    if (session === undefined) return known;
    const { id, started, ended } = session;
    if (ended !== undefined) return { session: id, seq: session.messages, t: ended, started };
    for (const { seq, t } of reader.messages({ session: id, order: 'desc', limit: 1 }))
      return { session: id, seq, t, started };
    return known;
  }
}

/** Why an end can no longer come. */
const whyUnfinished: Readonly<Record<SessionEnd, string>> = {
  'client-closed': 'the client left before the end',
  'client-reset': 'the client left before the end',
  'server-closed': 'the server closed the connection before the end',
  'server-reset': 'the server closed the connection before the end',
  'server-unreachable': 'the server was gone before the end',
  stopped: 'the recording was stopped before the end',
  'cut-off': 'the recording was cut off before the end',
};

function keyOf({ session, seq }: MessageRef): string {
  return `${session} ${seq}`;
}

const nothing: JsonObject = new Map();

function part({ raw }: Message, key: string): JsonObject {
  const found = memberOf(raw, key);
  return isObject(found) ? found : nothing;
}
