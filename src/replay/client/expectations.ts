/**
 * What a replayed client expects of the server: every recorded message of it, each to come once.
 * Tells which of them a message is that came now; whether the two are alike is `compare.ts`' business.
 */
import { canonicalJson } from '../../json/canonical.js';
import { parseJson } from '../../json/parse.js';
import { type Awaiting, Correlator } from '../../qmp/correlate.js';
import { idKey } from '../../qmp/id.js';
import type { Classified } from '../../qmp/message.js';
import type { Message } from '../../recording/message.js';
import { syncValueOf } from '../plan/answer.js';
import { Fifo } from '../timing/fifo.js';
import type { SessionPlan } from '../plan/plan.js';

/** What a message of the server turned out to be. */
export interface Arrival {
  /** Place of the recorded message that it matches; undefined if there is none. */
  readonly place: number | undefined;
  /** The command that it answers, if it is a response. */
  readonly command: Message | undefined;
  /** It came before the response to this earlier command, and not so in the recording. */
  readonly overtook: Message | undefined;
}

/**
 * Messages of one kind and name change places with few of the next. Each costs a comparison, and where they
 * all differ from the recorded ones none is found.
 */
const lookedAt = 50;

const none: Arrival = { place: undefined, command: undefined, overtook: undefined };

export class Expectations {
  readonly #correlator = new Correlator();
  readonly #bySeq = new Map<number, Message>();
  /** Places of responses by their command's `seq`. */
  readonly #responses = new Map<number, number>();
  /** Places of messages other than responses that have not come yet, by kind and name, ascending. */
  readonly #others = new Map<string, Fifo<number>>();
  readonly #met = new Set<number>();

  constructor(plan: SessionPlan) {
    for (const [place, { message }] of plan.steps.entries()) {
      if (message.dir === 'c2s') this.#bySeq.set(message.seq, message);
      else if (message.replyTo !== undefined) this.#responses.set(message.replyTo, place);
      else this.#append(sortOf(message), place);
      // The answer to a command of another session may come or not.
      if (message.late !== undefined) this.#met.add(place);
    }
  }

  isMet(place: number): boolean {
    return this.#met.has(place);
  }

  /** What is not to be waited for any more: its command was not sent. */
  waive(place: number): void {
    this.#met.add(place);
  }

  /** The client's message is on its way, so its response may come. */
  sent(message: Message, t: number): void {
    if (message.kind === 'partial') return;
    const { session, seq, name, oob, injected } = message;
    const id = message.id === undefined ? undefined : idKey(message.id);
    const sync = name?.startsWith('guest-sync') === true ? canonical(syncValueOf(message.raw)) : undefined;
    this.#correlator.expect({ session, seq, name, id, oob, sync, t, injected });
  }

  /** A message has come; `returned` gives the canonical text of a response's `return`. */
  arrived(what: Classified, isLike: (place: number) => boolean, returned: () => string | undefined): Arrival {
    if (what.kind !== 'success' && what.kind !== 'error') {
      return { ...none, place: this.#other(sortOf(what), isLike) };
    }
    const id = what.id === undefined ? undefined : idKey(what.id);
    const asked = this.#correlator.answer({ id, kind: what.kind, returned });
    if (asked === undefined) return { ...none, place: this.#other(sortOf(what), isLike) };
    const command = this.#bySeq.get(asked.seq);
    const place = this.#responses.get(asked.seq);
    if (place !== undefined) this.#met.add(place);
    return { place, command, overtook: this.#overtaken(asked, place) };
  }

  /** The first that is like it; if none of the next is, the first. */
  #other(sort: string, isLike: (place: number) => boolean): number | undefined {
    const places = this.#others.get(sort);
    const next = places === undefined || places.size < 2 ? 0 : Math.min(places.size, lookedAt);
    let alike = 0;
    while (alike < next && !isLike(places?.at(alike) ?? -1)) alike += 1;
    const place = places?.take(alike < next ? alike : 0);
    if (place !== undefined) this.#met.add(place);
    return place;
  }

  /** In-band responses come in the order of their commands (specification, "Out-of-band execution"). */
  #overtaken(asked: Awaiting, place: number | undefined): Message | undefined {
    if (asked.oob) return undefined;
    const [oldest] = this.#correlator.unanswered().filter(({ oob }) => !oob);
    if (oldest === undefined || oldest.seq > asked.seq) return undefined;
    const recorded = this.#responses.get(oldest.seq);
    const asRecorded = recorded === undefined || (place !== undefined && place < recorded);
    return asRecorded ? undefined : this.#bySeq.get(oldest.seq);
  }

  #append(sort: string, place: number): void {
    const places = this.#others.get(sort);
    const known = places ?? new Fifo<number>();
    known.push(place);
    if (places === undefined) this.#others.set(sort, known);
  }
}

function sortOf({ kind, name }: Pick<Classified, 'kind' | 'name'>): string {
  // A response that answers nothing may as well be an error.
  if (kind === 'success' || kind === 'error') return 'response';
  return name === undefined ? kind : `${kind} ${name}`;
}

function canonical(text: string | undefined): string | undefined {
  return text === undefined ? undefined : canonicalJson(parseJson(text));
}
