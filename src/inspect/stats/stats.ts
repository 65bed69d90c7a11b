/**
 * Statistics of one recording or several, in one pass whose memory is eight bytes a response and a fixed
 * amount for each name.
 */
import type { Message } from '../../recording/message.js';
import type { MessageOutline, MessageRange, RecordingReader } from '../../recording/ports.js';
import type { Session } from '../../recording/session.js';
import { Greatest, TimeAxis } from './samples.js';
import { type Place, SessionCourse } from './session-course.js';
import {
  type CommandStatistics,
  CommandTally,
  type EventStatistics,
  EventTally,
  Tallies,
} from './tallies.js';

/** A recording, and which of its messages count. */
export interface StatisticsSource {
  /** The recording. */
  readonly reader: RecordingReader;
  /** Which of its messages count; all, if absent. */
  readonly range?: MessageRange | undefined;
}

/** What is in one recording or several, counted. Times are nanoseconds. */
export interface Statistics {
  /** Their paths. */
  readonly recordings: readonly string[];
  /** How many sessions these messages are of. */
  readonly sessions: number;
  /** How many messages count. */
  readonly messages: number;
  /** Bytes of these messages. */
  readonly bytes: number;
  /** How many there are of each kind; what there is none of is absent. */
  readonly kinds: Readonly<Partial<Record<Message['kind'], number>>>;
  /** From the first session's beginning to the last end, and the sum over all sessions. */
  readonly span: number;
  /** The sum of the lengths of all sessions. */
  readonly sessionTime: number;
  /** How much of `sessionTime` at least one command was waiting for its response. */
  readonly busy: number;
  /** The most frequent first. */
  readonly commands: readonly CommandStatistics[];
  /** The most frequent first. */
  readonly events: readonly EventStatistics[];
  /** How `overTime` is cut: so many buckets of so many nanoseconds, and how many messages are in each. */
  readonly axis: { readonly bucket: number; readonly buckets: number; readonly overTime: readonly number[] };
  /** The exchanges with the longest latency, the slowest first. */
  readonly slowest: readonly (Place & { readonly command: string; readonly latency: number })[];
  /** Silence before this message. */
  readonly gaps: readonly (Place & { readonly silence: number })[];
  /** The longest waiting first; `unansweredCount` are all. */
  readonly unanswered: readonly (Place & { readonly command: string; readonly waited: number })[];
  /** How many commands have no response. */
  readonly unansweredCount: number;
  /** What could not be taken at its word: clocks that went backwards, for example. */
  readonly remarks: readonly string[];
}

/** Messages in one step of `gatherStatistics`: some milliseconds. */
const stepLength = 500;
const listed = 10;
const buckets = 60;
const nameless = '(nameless)';

/**
 * Counts and measures what is in one recording or several. Reads every message of the sources once.
 * @example
 * const { commands } = collectStatistics([{ reader: openRecording('boot.qmptap') }]);
 */
export function collectStatistics(sources: readonly StatisticsSource[]): Statistics {
  const steps = gatherStatistics(sources);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** The same in short steps, for callers with other work to do; each step yields how many were read so far. */
export function* gatherStatistics(sources: readonly StatisticsSource[]): Generator<number, Statistics, void> {
  const sessions = sources.flatMap(({ reader }) => [...reader.sessions()]);
  const origin = sessions.reduce((earliest, { started }) => Math.min(earliest, started), Infinity);
  const collector = new Collector(origin);
  for (const [recording, source] of sources.entries()) yield* collector.read(source, recording);
  return collector.result(sources.map(({ reader }) => reader.info.path));
}

class Collector {
  readonly #origin: number;
  readonly #axis = new TimeAxis(buckets);
  readonly #all = this.#axis.line();
  readonly #commands = new Tallies(() => new CommandTally());
  readonly #events = new Tallies(() => new EventTally(this.#axis));
  readonly #kinds = new Map<Message['kind'], number>();
  readonly #slowest = new Greatest<Statistics['slowest'][number]>(listed);
  readonly #gaps = new Greatest<Statistics['gaps'][number]>(listed);
  readonly #unanswered = new Greatest<Statistics['unanswered'][number]>(100);
  readonly #remarks: string[] = [];
  #unansweredCount = 0;
  #sessions = 0;
  #messages = 0;
  #bytes = 0;
  #latest = 0;
  #sessionTime = 0;
  #busy = 0;

  /** `origin` is microseconds since 1970. */
  constructor(origin: number) {
    this.#origin = origin;
  }

  *read({ reader, range = {} }: StatisticsSource, recording: number): Generator<number, void, void> {
    const courses = new Map<number, SessionCourse>();
    const known = new Map<number, Session>();
    const courseOf = (id: number): SessionCourse => {
      let course = courses.get(id);
      if (course === undefined) {
        // A session may have begun since the last one was looked up.
        if (!known.has(id)) for (const session of reader.sessions()) known.set(session.id, session);
        const started = known.get(id)?.started ?? this.#origin;
        course = new SessionCourse(recording, id, (started - this.#origin) * 1000);
        courses.set(id, course);
      }
      return course;
    };
    for (const message of reader.outlines?.(range) ?? outlined(reader.messages(range))) {
      this.#add(message, courseOf(message.session));
      if (this.#messages % stepLength === 0) yield this.#messages;
    }
    const ends = new Map(reader.sessions().map(({ id, ended }) => [id, ended]));
    for (const course of courses.values())
      this.#end(course, ends.get(course.session), reader, range.where !== undefined);
  }

  #add(message: MessageOutline, course: SessionCourse): void {
    const { kind, t, seq, size } = message;
    this.#messages += 1;
    this.#bytes += size;
    this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
    this.#all.add(course.offset + t);
    const silence = course.step(t);
    if (silence > 0) this.#gaps.offer(silence, () => ({ ...course.place(seq, t), silence }));
    if (kind === 'command') this.#addCommand(message, course);
    else if (kind === 'success' || kind === 'error') this.#addResponse(message, course);
    else if (kind === 'event') this.#addEvent(message, course);
  }

  #addCommand({ name = nameless, seq, t, size }: MessageOutline, course: SessionCourse): void {
    const tally = this.#commands.of(name);
    tally.count += 1;
    tally.c2s += size;
    course.ask(seq, name, t);
  }

  #addResponse(message: MessageOutline, course: SessionCourse): void {
    const { kind, command = nameless, replyTo, latency, seq, t, size } = message;
    // It answers nothing; one that comes late has at least a command's name.
    if (replyTo === undefined && message.command === undefined) return;
    const tally = this.#commands.of(command);
    // Its command may have been left out by a filter, or lie in another session.
    if (!course.answer(replyTo, t, latency)) tally.count += 1;
    if (kind === 'error') tally.errors += 1;
    tally.s2c += size;
    if (latency === undefined || latency < 0) return;
    tally.latencies.add(latency);
    this.#slowest.offer(latency, () => ({ ...course.place(replyTo ?? seq, t - latency), command, latency }));
  }

  #addEvent({ name = nameless, t, size }: MessageOutline, course: SessionCourse): void {
    const tally = this.#events.of(name);
    tally.count += 1;
    tally.bytes += size;
    tally.line.add(course.offset + t);
  }

  #end(course: SessionCourse, ended: number | undefined, reader: RecordingReader, filtered: boolean): void {
    const end = Math.max(ended ?? 0, course.latest);
    this.#sessions += 1;
    this.#sessionTime += end;
    this.#latest = Math.max(this.#latest, course.offset + end);
    this.#busy += course.busyUntil(end);
    if (course.backwards > 0) {
      const often = course.backwards === 1 ? 'once' : `${course.backwards} times`;
      this.#remarks.push(
        `session ${course.session}: its clock goes backwards ${often}; those silences are left out`,
      );
    }
    for (const [seq, { name, t }] of course.waiting) {
      // The response may be there, though the filter left it out.
      if (filtered && reader.responseTo(course.session, seq) !== undefined) continue;
      this.#unansweredCount += 1;
      this.#commands.of(name).unanswered += 1;
      const waited = end - t;
      this.#unanswered.offer(waited, () => ({ ...course.place(seq, t), command: name, waited }));
    }
  }

  result(recordings: readonly string[]): Statistics {
    const used = this.#axis.bucket(this.#latest) + 1;
    const seconds = this.#sessionTime / 1e9;
    const commands = this.#commands.sorted().map(([name, tally]) => tally.statistics(name));
    const events = this.#events.sorted().map(([name, tally]) => tally.statistics(name, seconds, used));
    return {
      recordings,
      sessions: this.#sessions,
      messages: this.#messages,
      bytes: this.#bytes,
      kinds: Object.fromEntries(this.#kinds),
      span: this.#latest,
      sessionTime: this.#sessionTime,
      busy: this.#busy,
      commands,
      events,
      axis: { bucket: this.#axis.width, buckets: used, overTime: this.#all.counts(used) },
      slowest: this.#slowest.items(),
      gaps: this.#gaps.items(),
      unanswered: this.#unanswered.items(),
      unansweredCount: this.#unansweredCount,
      remarks: this.#remarks,
    };
  }
}

function* outlined(messages: Iterable<Message>): Iterable<MessageOutline> {
  for (const message of messages) yield { ...message, size: message.raw.length };
}
