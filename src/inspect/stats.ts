/**
 * Statistics of one recording or several, in one pass whose memory is eight bytes a response and a fixed
 * amount for each name. Knows nothing of how they are shown.
 */
import type { Message } from '../recording/message.js';
import type { MessageOutline, MessageRange, RecordingReader } from '../recording/ports.js';
import type { Session } from '../recording/session.js';
import { Greatest, Samples, TimeAxis, type Timeline } from './samples.js';

/** A recording, and which of its messages count. */
export interface StatisticsSource {
  readonly reader: RecordingReader;
  readonly range?: MessageRange | undefined;
}

/** Times are nanoseconds; a percentile is absent where nothing was measured. */
export interface CommandStatistics {
  readonly name: string;
  readonly count: number;
  readonly errors: number;
  readonly unanswered: number;
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  readonly p99: number | undefined;
  readonly max: number | undefined;
  readonly total: number;
  /** Of the commands, and of their responses. */
  readonly bytes: { readonly c2s: number; readonly s2c: number };
}

export interface EventStatistics {
  readonly name: string;
  readonly count: number;
  readonly bytes: number;
  /** Over the time of all sessions together. */
  readonly perSecond: number;
  /** Counts in each of `Statistics.axis`. */
  readonly overTime: readonly number[];
}

/** Where something is: `recording` counts the sources from 0. */
export interface Place {
  readonly recording: number;
  readonly session: number;
  readonly seq: number;
  readonly t: number;
}

export interface Statistics {
  readonly recordings: readonly string[];
  readonly sessions: number;
  readonly messages: number;
  readonly bytes: number;
  readonly kinds: Readonly<Partial<Record<Message['kind'], number>>>;
  /** From the first session's beginning to the last end, and the sum over all sessions. */
  readonly span: number;
  readonly sessionTime: number;
  /** How much of `sessionTime` at least one command was waiting for its response. */
  readonly busy: number;
  /** The most frequent first. */
  readonly commands: readonly CommandStatistics[];
  readonly events: readonly EventStatistics[];
  readonly axis: { readonly bucket: number; readonly buckets: number; readonly overTime: readonly number[] };
  readonly slowest: readonly (Place & { readonly command: string; readonly latency: number })[];
  /** Silence before this message. */
  readonly gaps: readonly (Place & { readonly silence: number })[];
  /** The longest waiting first; `unansweredCount` are all. */
  readonly unanswered: readonly (Place & { readonly command: string; readonly waited: number })[];
  readonly unansweredCount: number;
  /** What could not be taken at its word: clocks that went backwards, for example. */
  readonly remarks: readonly string[];
}

/** Messages in one step of `gatherStatistics`: some milliseconds. */
const stepLength = 500;
const listed = 10;
const buckets = 60;
/** Names come from the wire; QEMU has some 300. What is beyond this is counted together. */
const maxNames = 10_000;
const others = '(others)';
const nameless = '(nameless)';

/** Reads every message of the sources once. */
export function collectStatistics(sources: readonly StatisticsSource[]): Statistics {
  const steps = gatherStatistics(sources);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** The same in short steps, for whoever has more to do meanwhile; each gives how many were read so far. */
export function* gatherStatistics(sources: readonly StatisticsSource[]): Generator<number, Statistics, void> {
  const sessions = sources.flatMap(({ reader }) => [...reader.sessions()]);
  const collector = new Collector(Math.min(...sessions.map((session) => session.started)));
  for (const [recording, source] of sources.entries()) yield* collector.read(source, recording);
  return collector.result(sources.map(({ reader }) => reader.info.path));
}

interface CommandTally {
  count: number;
  errors: number;
  unanswered: number;
  c2s: number;
  s2c: number;
  readonly latencies: Samples;
}

interface EventTally {
  count: number;
  bytes: number;
  readonly line: Timeline;
}

class Collector {
  readonly #origin: number;
  readonly #axis = new TimeAxis(buckets);
  readonly #all = this.#axis.line();
  readonly #commands = new Map<string, CommandTally>();
  readonly #events = new Map<string, EventTally>();
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
    const courses = new Map<number, Course>();
    const known = new Map<number, Session>();
    const courseOf = (id: number): Course => {
      let course = courses.get(id);
      if (course === undefined) {
        // A session may have begun since the last one was looked up.
        if (!known.has(id)) for (const session of reader.sessions()) known.set(session.id, session);
        course = new Course(recording, id, ((known.get(id)?.started ?? this.#origin) - this.#origin) * 1000);
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

  #add(message: MessageOutline, course: Course): void {
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

  #addCommand({ name = nameless, seq, t, size }: MessageOutline, course: Course): void {
    const tally = this.#command(name);
    tally.count += 1;
    tally.c2s += size;
    course.ask(seq, name, t);
  }

  #addResponse(message: MessageOutline, course: Course): void {
    const { kind, command = nameless, replyTo, latency, seq, t, size } = message;
    // It answers nothing; one that comes late has at least a command's name.
    if (replyTo === undefined && message.command === undefined) return;
    const tally = this.#command(command);
    // Its command may have been left out by a filter, or lie in another session.
    if (!course.answer(replyTo, t, latency)) tally.count += 1;
    if (kind === 'error') tally.errors += 1;
    tally.s2c += size;
    if (latency === undefined || latency < 0) return;
    tally.latencies.add(latency);
    this.#slowest.offer(latency, () => ({ ...course.place(replyTo ?? seq, t - latency), command, latency }));
  }

  #addEvent({ name = nameless, t, size }: MessageOutline, course: Course): void {
    const key = this.#events.has(name) || this.#events.size < maxNames ? name : others;
    let tally = this.#events.get(key);
    if (tally === undefined) this.#events.set(key, (tally = { count: 0, bytes: 0, line: this.#axis.line() }));
    tally.count += 1;
    tally.bytes += size;
    tally.line.add(course.offset + t);
  }

  #command(name: string): CommandTally {
    const key = this.#commands.has(name) || this.#commands.size < maxNames ? name : others;
    let tally = this.#commands.get(key);
    if (tally === undefined) {
      tally = { count: 0, errors: 0, unanswered: 0, c2s: 0, s2c: 0, latencies: new Samples() };
      this.#commands.set(key, tally);
    }
    return tally;
  }

  #end(course: Course, ended: number | undefined, reader: RecordingReader, filtered: boolean): void {
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
      this.#command(name).unanswered += 1;
      const waited = end - t;
      this.#unanswered.offer(waited, () => ({ ...course.place(seq, t), command: name, waited }));
    }
  }

  result(recordings: readonly string[]): Statistics {
    const used = this.#axis.bucket(this.#latest) + 1;
    const seconds = this.#sessionTime / 1e9;
    const commands = Array.from(this.#commands, ([name, { latencies, c2s, s2c, ...counts }]) => ({
      name,
      ...counts,
      p50: latencies.percentile(0.5),
      p95: latencies.percentile(0.95),
      p99: latencies.percentile(0.99),
      max: latencies.percentile(1),
      total: latencies.sum,
      bytes: { c2s, s2c },
    }));
    const events = Array.from(this.#events, ([name, { count, bytes, line }]) => ({
      name,
      count,
      bytes,
      perSecond: seconds > 0 ? count / seconds : 0,
      overTime: line.counts(used),
    }));
    return {
      recordings,
      sessions: this.#sessions,
      messages: this.#messages,
      bytes: this.#bytes,
      kinds: Object.fromEntries(this.#kinds),
      span: this.#latest,
      sessionTime: this.#sessionTime,
      busy: this.#busy,
      commands: commands.sort(byCount),
      events: events.sort(byCount),
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

function byCount(a: { count: number; name: string }, b: { count: number; name: string }): number {
  return b.count - a.count || (a.name < b.name ? -1 : 1);
}

/** One session as it goes by: what waits for a response, and how long the monitor was busy. */
class Course {
  readonly recording: number;
  readonly session: number;
  /** Nanoseconds from the beginning of all to the session's. */
  readonly offset: number;
  readonly waiting = new Map<number, { readonly name: string; readonly t: number }>();
  latest = 0;
  backwards = 0;
  #begun = false;
  #busy = 0;
  /** Up to where `#busy` is counted, or since when a command is waiting. */
  #mark = 0;

  constructor(recording: number, session: number, offset: number) {
    this.recording = recording;
    this.session = session;
    this.offset = offset;
  }

  /** The time since the message before; 0 if there is none, or if the clock went backwards. */
  step(t: number): number {
    const silence = this.#begun ? t - this.latest : 0;
    this.#begun = true;
    if (silence < 0) this.backwards += 1;
    this.latest = Math.max(this.latest, t);
    return Math.max(0, silence);
  }

  ask(seq: number, name: string, t: number): void {
    if (this.waiting.size === 0) this.#mark = Math.max(this.#mark, t);
    this.waiting.set(seq, { name, t });
  }

  /** False if the command has not been seen. */
  answer(replyTo: number | undefined, t: number, latency: number | undefined): boolean {
    const seen = replyTo !== undefined && this.waiting.delete(replyTo);
    if (seen && this.waiting.size === 0) this.#count(this.#mark, t);
    else if (!seen && this.waiting.size === 0 && latency !== undefined) this.#count(t - latency, t);
    return seen;
  }

  /** The time in which something waited, up to the session's end. */
  busyUntil(end: number): number {
    if (this.waiting.size > 0) this.#count(this.#mark, end);
    return this.#busy;
  }

  place(seq: number, t: number): Place {
    return { recording: this.recording, session: this.session, seq, t };
  }

  #count(from: number, to: number): void {
    this.#busy += Math.max(0, to - Math.max(from, this.#mark));
    this.#mark = Math.max(this.#mark, to);
  }
}
