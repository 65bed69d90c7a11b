/**
 * Pairs responses with their commands, as the specification orders them: in-band responses come in the
 * order of the commands, out-of-band ones whenever they like and are told by id.
 * Knows neither bytes nor clocks; what else there is to know of a command is carried along.
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
  /** When it was complete, nanoseconds since its session began. */
  readonly t: number;
  readonly injected: boolean;
}

/** What of a response decides whose it is. */
export interface Answer {
  readonly id: string | undefined;
  readonly kind: 'success' | 'error';
  /** The canonical text of `return`; asked for only where a sync waits. */
  readonly returned: () => string | undefined;
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
  /** In the order of sending. */
  readonly #awaiting = new WaitingLine<Awaiting>();
  readonly #byId = new Map<string, Awaiting[]>();
  readonly #withoutId = new WaitingLine<Awaiting>();
  /** Commands of earlier sessions: QEMU gives their answer to whoever is connected by then. */
  readonly #orphans: Awaiting[];
  #syncs = 0;

  constructor(state: CorrelatorState = { awaiting: [], orphans: [] }) {
    this.#orphans = [...state.orphans];
    for (const one of state.awaiting) this.expect(one);
  }

  expect(one: Awaiting): void {
    this.#awaiting.add(one);
    if (one.sync !== undefined) this.#syncs += 1;
    if (one.id === undefined) {
      this.#withoutId.add(one);
    } else {
      const same = this.#byId.get(one.id);
      if (same) same.push(one);
      else this.#byId.set(one.id, [one]);
    }
    if (this.#awaiting.size > maximumAwaiting) {
      const oldest = this.#awaiting.first();
      if (oldest) this.#forget(oldest);
    }
  }

  /** Who is answered; undefined if nobody asked. Its `session` tells whether the answer came late. */
  answer(answer: Answer): Awaiting | undefined {
    const found = answer.id === undefined ? this.#answeredWithoutId(answer) : this.#byId.get(answer.id)?.[0];
    if (found) {
      this.#forget(found);
      return found;
    }
    const orphan = this.#orphans.findIndex((one) => one.id === answer.id);
    return orphan < 0 ? undefined : this.#orphans.splice(orphan, 1)[0];
  }

  /** What is still unanswered, oldest first. */
  unanswered(): Awaiting[] {
    return [...this.#awaiting];
  }

  save(): CorrelatorState {
    return { awaiting: this.unanswered(), orphans: [...this.#orphans] };
  }

  #answeredWithoutId(answer: Answer): Awaiting | undefined {
    return (
      this.#answeredSync(answer) ?? this.#oldestWithoutId(answer) ?? this.#oldestOfServerThatDropsIds(answer)
    );
  }

  /** After a time-out the guest agent's stale responses come first; only a sync's value tells them apart. */
  #answeredSync(answer: Answer): Awaiting | undefined {
    if (this.#syncs === 0 || answer.kind === 'error') return undefined;
    const returned = answer.returned();
    for (const one of this.#awaiting) {
      if (one.sync !== undefined && one.sync === returned) return one;
    }
    return undefined;
  }

  #oldestWithoutId(answer: Answer): Awaiting | undefined {
    let silent: Awaiting | undefined;
    for (const one of this.#withoutId) {
      if (answer.kind === 'error' || one.name === undefined || !silentOnSuccess.has(one.name)) return one;
      silent = one;
    }
    return silent;
  }

  /** Very old servers drop the id of a command that failed; the oldest is meant, unless an orphan fits. */
  #oldestOfServerThatDropsIds(answer: Answer): Awaiting | undefined {
    if (this.#orphans.some((one) => one.id === answer.id)) return undefined;
    for (const one of this.#awaiting) if (!one.oob) return one;
    return undefined;
  }

  #forget(one: Awaiting): void {
    this.#awaiting.delete(one.seq);
    if (one.sync !== undefined) this.#syncs -= 1;
    if (one.id === undefined) {
      this.#withoutId.delete(one.seq);
      return;
    }
    const same = this.#byId.get(one.id);
    if (same && same.length > 1) same.splice(same.indexOf(one), 1);
    else this.#byId.delete(one.id);
  }
}
