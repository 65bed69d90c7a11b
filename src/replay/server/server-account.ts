/**
 * The account of one connection to a replayed server: how much was replayed, and each divergence with the lines
 * that led to it. Decisions are made in `server.ts`.
 */
import type { Message } from '../../recording/message.js';
import {
  actualLine,
  type Candidate,
  type Divergence,
  divergence,
  type Line,
  recordedLine,
} from '../match/divergence.js';
import type { ClientFrame, Match, Matching } from '../match/match.js';
import { nearest } from '../match/nearest.js';
import type { SessionPlan } from '../plan/plan.js';
import type { ReplayedSession } from '../match/summary.js';
import type { Unstable } from '../../recording/unstable.js';
import { spokenName } from '../match/wire-text.js';

type Told = Pick<Divergence, 'kind' | 'summary'> & Partial<Divergence>;

/** Enough to recognise the place. */
const linesBefore = 4;

/** Candidates are searched for this often; later divergences are reported without them. */
const maximumSearches = 100;

/** Of unused exchanges the first are shown and all are counted. */
const unusedShown = 10;

export class ServerAccount {
  /** Messages of the client that had their recorded place. */
  matched = 0;
  /** By command: how often its last answer was given again. */
  readonly repeats = new Map<string, number>();
  /** Commands that the real server answered. */
  forwards = 0;
  diverged = 0;
  readonly #plan: SessionPlan;
  readonly #mode: 'strict' | 'content';
  readonly #matching: Matching;
  readonly #unstable: Unstable;
  #latest = -1;
  #finished = false;

  constructor(plan: SessionPlan, mode: 'strict' | 'content', matching: Matching, unstable: Unstable) {
    this.#plan = plan;
    this.#mode = mode;
    this.#matching = matching;
    this.#unstable = unstable;
  }

  get session(): number {
    return this.#plan.session.id;
  }

  played({ place, repeated }: Match): void {
    this.matched += 1;
    this.#latest = place;
    const name = this.#plan.steps[place]?.message.name;
    if (repeated && name !== undefined) this.repeats.set(name, (this.repeats.get(name) ?? 0) + 1);
  }

  forwarded(): void {
    this.forwards += 1;
  }

  summary(): ReplayedSession {
    return {
      session: this.session,
      played: this.matched,
      unused: this.unused().length,
      repeated: Object.fromEntries(this.repeats),
      forwarded: this.forwards,
      skipped: 0,
    };
  }

  /** Recorded messages of the client that were not replayed, in recorded order. */
  unused(): Message[] {
    return Array.from(this.#matching.left(), (place) => this.#plan.steps[place]?.message).filter(
      (message) => message !== undefined,
    );
  }

  /** The client sent a command that the recording does not have (here). */
  miss(frame: ClientFrame): Divergence {
    const [next] = this.#matching.left();
    // A client that has lost its way completely must not cost a search for each of its commands.
    const candidates = this.diverged < maximumSearches ? this.#nearest(frame) : [];
    const expected =
      this.#mode === 'strict' && next !== undefined ? this.#plan.steps[next]?.message : undefined;
    return this.#told({
      kind: 'miss',
      summary: this.#missSummary(frame, expected, candidates[0]?.same === true),
      expected: expected ? [recordedLine(expected)] : [],
      actual: [actualLine('c2s', frame.bytes)],
      candidates,
    });
  }

  /** The client sent something that QEMU refuses and the recording does not have. A lone 0xFF does no harm. */
  garbage(frame: ClientFrame, problem: string): Divergence | undefined {
    if (frame.kind === 'sync' && this.#mode === 'content') return undefined;
    const summary = `the client sent what was not recorded and QEMU refuses: ${problem}`;
    return this.#told({ kind: 'garbage', summary, actual: [actualLine('c2s', frame.bytes)] });
  }

  /** The client went in the middle of a message; undefined if the recorded one did, at the same byte. */
  cutOff(bytes: Uint8Array): Divergence | undefined {
    const recorded = this.#plan.steps.findLast(({ message }) => message.dir === 'c2s')?.message;
    const actual = actualLine('c2s', bytes);
    if (recorded?.kind === 'partial' && recordedLine(recorded).text === actual.text) return undefined;
    return this.#told({
      kind: 'closed-early',
      summary: 'the client closed in the middle of a message',
      actual: [actual],
    });
  }

  /** The recording ends before it says how the message at `place` was answered. */
  unknownAnswer(place: number): Divergence | undefined {
    const { steps, unanswered, session } = this.#plan;
    const message = steps[place]?.message;
    const open = session.end === undefined || session.end === 'cut-off' || session.end === 'stopped';
    if (!open || message?.kind !== 'command' || !unanswered.has(place)) return undefined;
    const summary = `the recording ends before the answer to '${named(message)}'`;
    return this.#told({ kind: 'unanswered', summary, actual: [recordedLine(message)] });
  }

  /** The conversation is over; under `strict`, what was left unused is a divergence. Counts once. */
  finish(): Divergence | undefined {
    const left = this.left();
    this.#finished = true;
    return left && this.#keep(left);
  }

  /** What the client still has to send under `strict`, as a divergence that is not counted yet. */
  left(): Divergence | undefined {
    const unused = this.#mode === 'strict' && !this.#finished ? this.unused() : [];
    if (unused.length === 0) return undefined;
    const more = unused.length > unusedShown ? `; the first ${unusedShown} of them` : '';
    const expected = unused.slice(0, unusedShown).map(recordedLine);
    return this.#made({
      kind: 'unused',
      summary: `${counted(unused)} never sent by the client${more}`,
      expected,
    });
  }

  /** The client has said nothing for so long; undefined if nothing was left to be said. */
  silent(bound: string): Divergence | undefined {
    const unused = this.#finished ? [] : this.unused();
    const [next] = unused;
    if (next === undefined || this.#mode === 'content') return undefined;
    this.#finished = true;
    const summary = `the client sent nothing for ${bound}; ${counted(unused)} left`;
    return this.#told({ kind: 'never-came', summary, expected: [recordedLine(next)] });
  }

  #missSummary(frame: ClientFrame, expected: Message | undefined, same: boolean): string {
    const name = `'${named(frame)}'`;
    if (expected)
      return `${name} is not what was recorded here, '${named(expected)}' (message ${expected.seq})`;
    if (this.#mode === 'strict') return `${name} came after the last recorded command`;
    if (same) return `${name} was sent more often than recorded; all its answers have been given`;
    const known = this.#plan.steps.some(
      ({ message }) => message.dir === 'c2s' && message.name === frame.name,
    );
    return known ? `${name} was not recorded with these arguments` : `${name} was not recorded`;
  }

  #nearest(frame: ClientFrame): Candidate[] {
    const left = new Set(this.#matching.left());
    return nearest(frame, this.#plan, (place) => left.has(place), this.#unstable);
  }

  #told(told: Told): Divergence {
    return this.#keep(this.#made(told));
  }

  #made(told: Told): Divergence {
    return divergence({ session: this.session, before: this.#before(), ...told });
  }

  #keep(made: Divergence): Divergence {
    this.diverged += 1;
    return made;
  }

  /** The last lines up to what the client sent last, as recorded. */
  #before(): Line[] {
    const { steps } = this.#plan;
    let end = this.#latest + 1;
    while (end < steps.length && steps[end]?.message.dir === 's2c' && steps[end]?.origin === this.#latest)
      end += 1;
    return steps.slice(Math.max(0, end - linesBefore), end).map(({ message }) => recordedLine(message));
  }
}

function counted({ length }: readonly Message[]): string {
  return length === 1 ? '1 recorded message was' : `${length} recorded messages were`;
}

function named({ name }: { readonly name: string | undefined }): string {
  return spokenName(name ?? 'a message without a name');
}
