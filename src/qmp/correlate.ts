/**
 * Pairs responses with their commands, as the specification orders them: in-band responses come in the
 * order of the commands, out-of-band ones in any order and are recognised by id.
 */
import { WaitingLine } from './waiting-line.js';

/** What waits for a response: a command, or a malformed message, which QEMU answers with an error. */
export interface Awaiting {
  readonly session: number;
  readonly seq: number;
  readonly name: string | undefined;
  /** `idKey` of its id. */
  readonly id: string | undefined;
  readonly oob: boolean;
  /** Of `guest-sync` and `guest-sync-delimited`: the value that must come back, canonical. */
  readonly sync: string | undefined;
  /** When it was complete, nanoseconds since its session began; undefined if unknown. */
  readonly t: number | undefined;
  readonly injected: boolean;
  /** Malformed by the classic rules only: a server that follows the eager ones does not answer it. */
  readonly doubtful?: boolean | undefined;
}

/** What of a response decides whose it is. */
export interface Answer {
  readonly id: string | undefined;
  readonly kind: 'success' | 'error';
  /** The canonical text of `return`; asked for only where a sync waits. */
  readonly returned: () => string | undefined;
  /** Of an error, whether the server's parser refused a message; asked for only where that tells something. */
  readonly refused?: (() => boolean) | undefined;
}

/** Can be cloned structurally. */
export interface CorrelatorState {
  readonly awaiting: readonly Awaiting[];
  readonly orphans: readonly Awaiting[];
}

/** A client that never waits must not exhaust us: beyond this the oldest counts as never answered. */
const maximumAwaiting = 65_536;

/** Guest agent commands that answer only if they fail (`success-response: false` in its schema). */
const silentOnSuccess = new Set([
  'guest-shutdown',
  'guest-suspend-disk',
  'guest-suspend-ram',
  'guest-suspend-hybrid',
]);

export class Correlator {
  /** Each is in one of these two, in the order of sending. */
  readonly #inBand = new WaitingLine<Awaiting>();
  readonly #outOfBand = new WaitingLine<Awaiting>();
  /** Each without an id is in one of these two as well. */
  readonly #withoutId = new WaitingLine<Awaiting>();
  readonly #silent = new WaitingLine<Awaiting>();
  /** Instead of in those two: what may never be answered. */
  readonly #doubtful = new WaitingLine<Awaiting>();
  readonly #byId = new Map<string, Awaiting[]>();
  readonly #bySync = new Map<string, Awaiting[]>();
  /** Commands of earlier sessions: QEMU sends their responses to the client that is connected by then. */
  readonly #orphans: Awaiting[];

  constructor(state: CorrelatorState = { awaiting: [], orphans: [] }) {
    this.#orphans = [...state.orphans];
    for (const one of state.awaiting) this.expect(one);
  }

  expect(one: Awaiting): void {
    if (one.doubtful === true) {
      this.#doubtful.add(one);
      const first = this.#doubtful.first();
      if (this.#doubtful.size > maximumAwaiting && first !== undefined) this.#doubtful.delete(first.seq);
      return;
    }
    this.#lineOf(one).add(one);
    if (one.sync !== undefined) list(this.#bySync, one.sync, one);
    if (one.id !== undefined) list(this.#byId, one.id, one);
    else this.#lineWithoutId(one).add(one);
    if (this.#inBand.size + this.#outOfBand.size <= maximumAwaiting) return;
    const oldest = older(this.#inBand.first(), this.#outOfBand.first());
    if (oldest !== undefined) this.#forget(oldest);
  }

  /** The command that is answered; undefined if there is none. Its `session` tells whether the response came late. */
  answer(answer: Answer): Awaiting | undefined {
    const found = answer.id === undefined ? this.#answeredWithoutId(answer) : this.#byId.get(answer.id)?.[0];
    if (found) {
      this.#forget(found);
      if (!found.oob) this.#forgetDoubtful(found.seq);
      return found;
    }
    const orphan = this.#orphans.findIndex((one) => one.id === answer.id);
    return orphan < 0 ? undefined : this.#orphans.splice(orphan, 1)[0];
  }

  /** What is still unanswered, oldest first. */
  unanswered(): Awaiting[] {
    return [...this.#inBand, ...this.#outOfBand].sort((a, b) => a.seq - b.seq);
  }

  /** The server follows the eager rules: what only the classic ones know is not answered. */
  forgetDoubtful(): void {
    this.#forgetDoubtful(Infinity);
  }

  save(): CorrelatorState {
    const awaiting = [...this.unanswered(), ...this.#doubtful].sort((a, b) => a.seq - b.seq);
    return { awaiting, orphans: [...this.#orphans] };
  }

  #answeredWithoutId(answer: Answer): Awaiting | undefined {
    const sure =
      this.#answeredSync(answer) ?? this.#oldestWithoutId(answer) ?? this.#oldestOfServerThatDropsIds(answer);
    const doubtful = this.#doubtful.first();
    if (doubtful === undefined || answer.kind === 'success' || answer.refused?.() !== true) return sure;
    return older(sure, doubtful);
  }

  /** In-band answers come in order: what is older than an answered command is not answered any more. */
  #forgetDoubtful(before: number): void {
    for (
      let one = this.#doubtful.first();
      one !== undefined && one.seq < before;
      one = this.#doubtful.first()
    )
      this.#doubtful.delete(one.seq);
  }

  /** After a time-out the guest agent's stale responses come first; only a sync's value tells them apart. */
  #answeredSync(answer: Answer): Awaiting | undefined {
    if (this.#bySync.size === 0 || answer.kind === 'error') return undefined;
    return this.#bySync.get(answer.returned() ?? '')?.[0];
  }

  #oldestWithoutId(answer: Answer): Awaiting | undefined {
    const [silent, other] = [this.#silent.first(), this.#withoutId.first()];
    return answer.kind === 'error' ? older(silent, other) : (other ?? silent);
  }

  /** Very old servers drop the id of a command that failed; the oldest is meant, unless an orphan fits. */
  #oldestOfServerThatDropsIds(answer: Answer): Awaiting | undefined {
    return this.#orphans.some((one) => one.id === answer.id) ? undefined : this.#inBand.first();
  }

  #forget(one: Awaiting): void {
    if (one.doubtful === true) {
      this.#doubtful.delete(one.seq);
      return;
    }
    this.#lineOf(one).delete(one.seq);
    if (one.sync !== undefined) unlist(this.#bySync, one.sync, one);
    if (one.id !== undefined) unlist(this.#byId, one.id, one);
    else this.#lineWithoutId(one).delete(one.seq);
  }

  #lineOf({ oob }: Awaiting): WaitingLine<Awaiting> {
    return oob ? this.#outOfBand : this.#inBand;
  }

  #lineWithoutId({ name }: Awaiting): WaitingLine<Awaiting> {
    return name !== undefined && silentOnSuccess.has(name) ? this.#silent : this.#withoutId;
  }
}

function older(one: Awaiting | undefined, other: Awaiting | undefined): Awaiting | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.seq < other.seq ? one : other;
}

function list(lists: Map<string, Awaiting[]>, key: string, one: Awaiting): void {
  const same = lists.get(key);
  if (same === undefined) lists.set(key, [one]);
  else same.push(one);
}

function unlist(lists: Map<string, Awaiting[]>, key: string, one: Awaiting): void {
  const same = lists.get(key);
  if (same !== undefined && same.length > 1) same.splice(same.indexOf(one), 1);
  else lists.delete(key);
}
