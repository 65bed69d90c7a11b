/**
 * What a replayed server is about to send, in order. Nothing overtakes: the order alone decides the bytes, and time
 * only when they go.
 */
import { Fifo } from '../timing/fifo.js';

export type Outgoing =
  /** `place`: which recorded step it is; undefined: none. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly place?: number | undefined }
  | { readonly kind: 'close'; readonly how: 'end' | 'reset' };

interface Entry {
  /** Undefined while its answer is awaited from elsewhere. */
  outgoing: Outgoing | undefined;
  due: number;
  /** Clients do not wait for events: a later command may send it early. */
  readonly event: boolean;
}

/** A place reserved for an answer of the real server. */
export type Reservation = Entry;

export class Outbox {
  readonly #entries = new Fifo<Entry>();
  #lastDue = -Infinity;

  /** Appends; sent at `due` or after everything ahead, whichever is later. Gives that time. */
  add(outgoing: Outgoing, due: number, event = false): number {
    this.#lastDue = Math.max(this.#lastDue, due);
    this.#entries.push({ outgoing, due: this.#lastDue, event });
    return this.#lastDue;
  }

  /** Inserts a message of the real server before the first reserved place, or at the end. */
  interject(bytes: Uint8Array, now: number): void {
    let at = 0;
    while (this.#entries.at(at)?.outgoing !== undefined) at += 1;
    this.#entries.insert(at, { outgoing: { kind: 'bytes', bytes }, due: now, event: true });
  }

  /** Reserves the next place for an answer that is not known yet. */
  reserve(due: number): Reservation {
    const entry: Entry = { outgoing: undefined, due, event: false };
    this.#entries.push(entry);
    return entry;
  }

  fill(reservation: Reservation, bytes: Uint8Array): void {
    reservation.outgoing = { kind: 'bytes', bytes };
  }

  /**
   * Events at the end of the queue no longer wait for their time: the client has sent what was recorded after
   * them, and must not wait.
   */
  hurry(now: number): void {
    const { size } = this.#entries;
    let at = size;
    while (this.#entries.at(at - 1)?.event === true) at -= 1;
    const earliest = Math.max(this.#entries.at(at - 1)?.due ?? now, now);
    for (let entry = this.#entries.at(at); entry !== undefined; entry = this.#entries.at(++at))
      entry.due = Math.min(entry.due, earliest);
    this.#lastDue = this.#entries.at(size - 1)?.due ?? now;
  }

  /** Takes out the first if its time has come. */
  next(now: number): Outgoing | undefined {
    const first = this.#entries.at(0);
    if (first?.outgoing === undefined || first.due > now) return undefined;
    this.#entries.take();
    return first.outgoing;
  }

  /** The first, which `next` will take out. */
  get first(): Outgoing | undefined {
    return this.#entries.at(0)?.outgoing;
  }

  /** When the first may be sent; undefined if that does not depend on time. */
  get wakeAt(): number | undefined {
    const first = this.#entries.at(0);
    return first?.outgoing === undefined ? undefined : first.due;
  }

  get empty(): boolean {
    return this.#entries.size === 0;
  }
}
