/**
 * A story: messages that belong together over time, by the protocol's own ids. This file has its shape and how it
 * grows; the detectors are in the files beside it.
 */
import { isObject, type JsonObject, type JsonValue } from '../../json/value.js';

/** `unfinished`: the end has not come, and perhaps never will. */
export type StoryOutcome = 'success' | 'failure' | 'cancelled' | 'unfinished';

/** When and where: nanoseconds since the session began, which was `started` microseconds after 1970. */
export interface Moment {
  /** The session's number. */
  readonly session: number;
  /** The message's place in it. */
  readonly seq: number;
  /** Nanoseconds since the session began. */
  readonly t: number;
  /** When the session began: microseconds since 1970. */
  readonly started: number;
  /** The time is not known: `t` is that of the message before. */
  readonly untimed?: true | undefined;
}

/** A message that a story is made of. */
export interface StoryStep extends Moment {
  /** In a few words; wire text in it is not escaped. */
  readonly text: string;
}

/** What belongs together over time, from its first message to its last: a job, a migration, a device removal. */
export interface Story {
  /** `device removal`, `job`, `migration` … */
  readonly kind: string;
  /** Which one: a device's or a job's id, for example. */
  readonly name: string;
  /** How it ended. */
  readonly outcome: StoryOutcome;
  /** Unfinished, and its end may still come. */
  readonly live: boolean;
  /** How it ended, or what is known of it. */
  readonly detail: string | undefined;
  /** Its first step. */
  readonly start: StoryStep;
  /** Its last step; undefined if that has not come. */
  readonly end: StoryStep | undefined;
  /**
   * Nanoseconds from start to end; of an unfinished one, to the last that is known of its server. Undefined where a
   * log does not tell the times.
   */
  readonly duration: number | undefined;
  /** From the first to the last, in their order. */
  readonly steps: readonly StoryStep[];
  /** How many steps in the middle are not kept. */
  readonly omitted: number;
}

/** A message that a story may be made of: a command with its arguments, or an event with its data. */
export interface Said {
  readonly name: string;
  readonly given: JsonObject;
  readonly at: Moment;
}

export interface Answer {
  readonly ok: boolean;
  /** What was returned; undefined of an error. */
  readonly returned: JsonValue | undefined;
  /** An error's description. */
  readonly desc: string | undefined;
  readonly at: Moment;
}

/** Called with the response to a command, if it comes. */
export type OnAnswer = (answer: Answer) => void;

/** Begins a story. */
export type Begin = (kind: string, name: string, said: Said) => StoryBuilder;

/** Recognises one kind of story in the messages of one server. */
export interface StoryDetector {
  command?(said: Said): OnAnswer | undefined;
  event?(said: Said): void;
}

/** A kind of detector, and the names of the commands and events that it wants. */
export interface DetectorKind {
  readonly commands: readonly string[];
  readonly events: readonly string[];
  readonly create: (begin: Begin) => StoryDetector;
}

/** A job may be polled every second for hours: only the first and the last steps are kept. */
const maxSteps = 60;

/** A story that grows step by step. */
export class StoryBuilder {
  readonly kind: string;
  readonly name: string;
  detail: string | undefined;
  outcome: StoryOutcome = 'unfinished';
  /** Whether it may last as long as its server: it just may, or the client has asked for it. */
  lasting: 'no' | 'maybe' | 'wanted' = 'no';
  readonly #steps: StoryStep[];
  #end: StoryStep | undefined;
  #omitted = 0;

  constructor(kind: string, name: string, start: StoryStep) {
    this.kind = kind;
    this.name = name;
    this.#steps = [start];
  }

  get isOpen(): boolean {
    return this.#end === undefined;
  }

  step(at: Moment, text: string): void {
    const last = this.#steps.at(-1);
    // What began it tells its first state as well.
    if (last?.seq === at.seq && last.session === at.session) this.#steps.pop();
    if (this.#steps.length === maxSteps) {
      this.#steps.splice(maxSteps / 2, 1);
      this.#omitted += 1;
    }
    this.#steps.push({ ...at, text });
  }

  /** The first end counts; what comes after it is a step. */
  end(at: Moment, outcome: StoryOutcome, text: string, detail?: string): void {
    this.step(at, text);
    if (!this.isOpen) return;
    this.#end = this.#steps.at(-1);
    this.outcome = outcome;
    this.detail = detail ?? this.detail;
  }

  /** A command that was refused is the end of what it began. */
  refused(answer: Answer): void {
    this.end(answer.at, 'failure', 'refused', answer.desc);
  }

  /** `last`: the last that is known of its server; `why` its end can no longer come, if it is over. */
  story(last: Moment, why: string | undefined): Story {
    const [start] = this.#steps;
    const { kind, name, outcome } = this;
    if (start === undefined) throw new Error('a story has a start');
    const lasted = this.lasting !== 'no' && why !== undefined && this.isOpen;
    // A pause that the client asked for may last; one that it did not ask for is no success while it lasts.
    const wanted = lasted && this.lasting === 'wanted';
    const end = wanted ? { ...last, text: 'the end' } : this.#end;
    return {
      kind,
      name,
      outcome: wanted ? 'success' : outcome,
      live: end === undefined && why === undefined,
      detail: lasted
        ? [this.detail, 'to the end of the session'].filter(Boolean).join(', ')
        : end === undefined
          ? (why ?? this.detail)
          : this.detail,
      start,
      end,
      duration:
        start.untimed === true || end?.untimed === true
          ? undefined
          : Math.max(0, between(start, end ?? last)),
      steps: this.#steps,
      omitted: this.#omitted,
    };
  }
}

/** Nanoseconds between two moments, exact within a session. */
export function between(from: Moment, to: Moment): number {
  return (to.started - from.started) * 1000 + to.t - from.t;
}

/** A member that is a string. */
export function textOf(value: JsonValue | undefined, key: string): string | undefined {
  const found = isObject(value) ? value.get(key) : undefined;
  return typeof found === 'string' ? found : undefined;
}
