/**
 * What a replayed server is about to send, in order. Nothing overtakes: the order alone decides the
 * bytes, and time only when they go. Knows no sockets.
 */

export type Outgoing =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'close'; readonly how: 'end' | 'reset' };

interface Entry {
  /** Undefined while its answer is awaited from elsewhere. */
  outgoing: Outgoing | undefined;
  due: number;
  /** Nobody waits for an event; a command that comes later may hurry it. */
  readonly event: boolean;
}

/** A place that is kept for an answer from elsewhere. */
export type Reservation = Entry;

export class Outbox {
  readonly #entries: Entry[] = [];
  #lastDue = -Infinity;

  /** Appends, to be sent not before `due` and not before what stands ahead; gives when that will be. */
  add(outgoing: Outgoing, due: number, event = false): number {
    this.#lastDue = Math.max(this.#lastDue, due);
    this.#entries.push({ outgoing, due: this.#lastDue, event });
    return this.#lastDue;
  }

  /** Puts what came from elsewhere before the first place that is kept, or at the end. */
  interject(bytes: Uint8Array, now: number): void {
    const at = this.#entries.findIndex((entry) => entry.outgoing === undefined);
    const entry: Entry = { outgoing: { kind: 'bytes', bytes }, due: now, event: true };
    this.#entries.splice(at < 0 ? this.#entries.length : at, 0, entry);
  }

  /** Keeps the next place for an answer that is not known yet. */
  reserve(due: number): Reservation {
    const entry: Entry = { outgoing: undefined, due, event: false };
    this.#entries.push(entry);
    return entry;
  }

  fill(reservation: Reservation, bytes: Uint8Array): void {
    reservation.outgoing = { kind: 'bytes', bytes };
  }

  /**
   * Events at the end of the queue no longer wait for their time: the client has gone on to what was
   * recorded after them, and must not wait for them.
   */
  hurry(now: number): void {
    let at = this.#entries.length;
    while (at > 0 && this.#entries[at - 1]?.event === true) at -= 1;
    const after = this.#entries[at - 1]?.due ?? now;
    for (const entry of this.#entries.slice(at)) entry.due = Math.min(entry.due, Math.max(after, now));
    this.#lastDue = this.#entries.at(-1)?.due ?? now;
  }

  /** Takes out the first if its time has come. */
  next(now: number): Outgoing | undefined {
    const [first] = this.#entries;
    if (first?.outgoing === undefined || first.due > now) return undefined;
    this.#entries.shift();
    return first.outgoing;
  }

  /** When the first may go; undefined if that does not depend on time. */
  get wakeAt(): number | undefined {
    const [first] = this.#entries;
    return first?.outgoing === undefined ? undefined : first.due;
  }

  get empty(): boolean {
    return this.#entries.length === 0;
  }
}
