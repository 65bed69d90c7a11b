/** Judges rules over a recording, finished or growing, of one VM or of many: one pass. */
import type { MessageContext } from '../../recording/fields/field.js';
import type { Message } from '../../recording/message.js';
import type { RecordingReader } from '../../recording/ports.js';
import type { Session } from '../../recording/session.js';
import { ServerNumbers } from '../server-numbers.js';
import type { Moment } from '../stories/story.js';
import type { Course, RuleCase, RuleResult } from './cases.js';
import type { Rule } from './rule.js';
import { courseOf } from './rule-course.js';

/** A case that failed, as it was found. */
export interface FreshCase {
  /** Which rule. */
  readonly rule: Rule;
  /** The case. */
  readonly found: RuleCase;
}

/**
 * What becomes of each rule, in their order.
 * @example
 * const [removed] = checkRules(openRecording('detach.qmptap'), parseRules(text, 'rules.yaml'));
 * removed?.verdict; // 'true', 'false', or 'open' where the recording ends too early
 */
export function checkRules(reader: RecordingReader, rules: readonly Rule[]): readonly RuleResult[] {
  const check = new RuleCheck(reader, rules);
  for (const message of reader.messages()) check.take(message);
  return check.results();
}

/** What is asked of a recording besides its messages. */
export type RuledRecording = Pick<RecordingReader, 'sessions' | 'info'>;

/** Judges rules as messages come, of a recording that may grow. */
export class RuleCheck {
  readonly #reader: RuledRecording;
  readonly #courses: readonly { readonly rule: Rule; readonly course: Course }[];
  readonly #numbers = new ServerNumbers();
  readonly #sessions = new Map<number, Session>();
  /** By server: its last message. */
  readonly #latest = new Map<number, Moment>();

  /** `reader`: whose messages it will be given. */
  constructor(reader: RuledRecording, rules: readonly Rule[]) {
    this.#reader = reader;
    this.#courses = rules.map((rule) => ({ rule, course: courseOf(rule.demand) }));
  }

  /** Messages in the order in which they came. */
  take(message: Message): void {
    if (!this.#sessions.has(message.session)) this.#learn();
    const session = this.#sessions.get(message.session);
    const server = this.#numbers.of(message.session);
    if (session === undefined || server === undefined) return;
    const { seq, t, untimed } = message;
    const at: Moment = { session: session.id, seq, t, started: session.started, untimed };
    this.#latest.set(server, at);
    const context = contextOf(session, this.#reader.info.path);
    for (const { course } of this.#courses) course.take({ message, at, server, context });
  }

  /** The time is `now` (microseconds since 1970) at all servers that are still there. */
  passed(now: number): void {
    this.#learn();
    for (const [server, at] of this.#ends(now))
      for (const { course } of this.#courses) course.passed({ server, at });
  }

  /** Cases that failed since the last time. */
  fresh(): readonly FreshCase[] {
    return this.#courses.flatMap(({ rule, course }) =>
      course.cases.fresh().map((found) => ({ rule, found })),
    );
  }

  /** Ends it. `now`: of servers that are still there; without it, time ends with their last message. */
  results(now?: number): readonly RuleResult[] {
    this.#learn();
    const ends = this.#ends(now);
    return this.#courses.map(({ rule, course }) => {
      course.end(ends);
      return course.cases.result(rule);
    });
  }

  #learn(): void {
    const sessions = this.#reader.sessions();
    this.#numbers.learn(sessions);
    for (const session of sessions) this.#sessions.set(session.id, session);
  }

  #ends(now: number | undefined): ReadonlyMap<number, Moment> {
    const ends = new Map(this.#latest);
    for (const { id, started, ended, messages } of this.#sessions.values()) {
      const server = this.#numbers.of(id);
      if (server === undefined) continue;
      const latest = ends.get(server);
      if (ended === undefined && now === undefined) continue;
      const t = ended ?? Math.max(latest?.session === id ? latest.t : 0, ((now ?? 0) - started) * 1000);
      ends.set(server, { session: id, seq: Math.max(messages, 1), t, started });
    }
    return ends;
  }
}

/** What a rule may ask of a message's surroundings: nothing that is known only later. */
export function contextOf({ label, started, origin }: Session, path: string): MessageContext {
  const file = origin?.file ?? path;
  return { label, started, file: file.slice(file.lastIndexOf('/') + 1), answer: undefined, mark: undefined };
}
