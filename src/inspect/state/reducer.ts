/**
 * Reduces messages to what is known of each VM. Deterministic: the same messages give the same, however they are
 * read. Knows nothing of places and times to look at; `timeline.ts` does.
 */
import { isObject, type JsonObject } from '../../json/value.js';
import { memberOf, type Message } from '../../recording/message.js';
import { Change, type Contradiction } from './change.js';
import type { StateCause } from './fact.js';
import type { Answered } from './sources/source.js';
import { commandSources, eventSources, negotiation } from './sources/sources.js';
import { VmState, type StateSnapshot } from './vm-state.js';
import type { Vm, Vms } from './vms.js';

/** More commands without an answer than any client has; the oldest is forgotten. */
const maxAwaiting = 1000;
/** Larger messages are not parsed: no answer that tells of the state comes near. */
const maxBytes = 16 << 20;

/** A command that waits for its answer. */
interface Awaited {
  readonly index: number;
  readonly given: JsonObject;
}

/** What was known of all VMs after a message; it does not change. */
export interface ReducerSnapshot {
  readonly states: ReadonlyMap<Vm, StateSnapshot>;
  readonly awaiting: ReadonlyMap<string, Awaited>;
}

export class StateReducer {
  readonly #vms: Vms;
  readonly #onContradiction: (found: Contradiction) => void;
  readonly #states: Map<Vm, VmState>;
  readonly #awaiting: Map<string, Awaited>;

  /** `from`: what was known where it goes on. */
  constructor(vms: Vms, onContradiction: (found: Contradiction) => void, from?: ReducerSnapshot) {
    this.#vms = vms;
    this.#onContradiction = onContradiction;
    this.#states = new Map([...(from?.states ?? [])].map(([vm, state]) => [vm, new VmState(state)]));
    this.#awaiting = new Map(from?.awaiting);
  }

  /** In ascending order, of those that `tellingMessages` gives; others change nothing. */
  take(message: Message): void {
    const { session, seq, kind, name } = message;
    if (message.raw.length > maxBytes) return;
    if (kind === 'command' && name !== undefined && commandSources.has(name)) {
      this.#await(`${session} ${seq}`, { index: message.index, given: part(message, 'arguments') });
    } else if (kind === 'event' && name !== undefined) {
      const source = eventSources.get(name);
      const change = source && this.#change(message, name, message.index);
      if (source?.kind === 'event' && change !== undefined) source.take(change, part(message, 'data'));
    } else if (kind === 'success' || kind === 'error') this.#answer(message);
  }

  snapshot(): ReducerSnapshot {
    const states = new Map([...this.#states].map(([vm, state]) => [vm, state.snapshot()]));
    return { states, awaiting: new Map(this.#awaiting) };
  }

  #answer(message: Message): void {
    const { session, command, replyTo, late, kind } = message;
    // The session's first answer: a message that every client asks for.
    if (command === negotiation) this.#change(message, negotiation, message.index);
    const ref = replyTo === undefined ? late : { session, seq: replyTo };
    const key = ref && `${ref.session} ${ref.seq}`;
    const awaited = key === undefined ? undefined : this.#awaiting.get(key);
    if (key === undefined || awaited === undefined) return;
    this.#awaiting.delete(key);
    const source = command === undefined ? undefined : commandSources.get(command);
    if (kind === 'error' || source === undefined || source.kind === 'event') return;
    const returned = memberOf(message.raw, 'return');
    const answered: Answered = { given: awaited.given, returned };
    const change = this.#change(message, source.name, awaited.index);
    // What is no answer at all asserts nothing.
    if (change !== undefined && returned !== undefined) source.take(change, answered);
  }

  #await(key: string, awaited: Awaited): void {
    this.#awaiting.set(key, awaited);
    const [oldest] = this.#awaiting.size > maxAwaiting ? this.#awaiting.keys() : [];
    if (oldest !== undefined) this.#awaiting.delete(oldest);
  }

  #change(message: Message, name: string, asked: number): Change | undefined {
    const belonging = this.#vms.of(message);
    if (belonging === undefined) return undefined;
    const { session, seq, index, t } = message;
    const at: StateCause = { session, seq, index, t, name };
    let state = this.#states.get(belonging.vm);
    if (state === undefined) this.#states.set(belonging.vm, (state = new VmState()));
    // Sessions are numbered in the order of their beginning: this is the first that it says.
    if (belonging.afterGap && (state.gap?.session ?? 0) < session)
      state.setGap({ ...at, name: 'a new connection' });
    return new Change({ state, at, asked, onContradiction: this.#onContradiction });
  }
}

const nothing: JsonObject = new Map();

function part({ raw }: Message, key: string): JsonObject {
  const found = memberOf(raw, key);
  return isObject(found) ? found : nothing;
}
