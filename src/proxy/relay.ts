/**
 * The relay: two streams joined both ways, as a machine. What happened to either stream goes in, what to do
 * with them comes out through `RelayOutput`. It decides what waits for what, and how the session ended; it
 * keeps no bytes and never looks into them.
 *
 * Each side has two states: what comes from it, and what we do to it.
 *
 *     flowing ──behind──► paused ──room──► flowing     paused: not read, because the other side is behind
 *     flowing, paused ──ended──► ended                 ended: sends no more, may still be sent to
 *     flowing, paused, ended ──gone──► gone            gone: nothing can be sent to it either
 *
 *     open ──close──► closing ──closed──► closed       closing: what was sent to it is still delivered
 */
import type { SessionEnd } from '../recording/session.js';

/** One end of a session. */
export type Side = 'client' | 'server';

/**
 * What a relay does to its two streams. None of these calls back into the relay, except `close`: with what that
 * side said until then, and `closed`.
 */
export interface RelayOutput {
  /**
   * Hands the bytes to that side, the descriptors with the first byte, and takes charge of both.
   * False: that side is behind, and more should wait until its `drained`.
   */
  send(to: Side, bytes: Uint8Array, fds: readonly number[]): boolean;
  /** The receiver is gone: these descriptors have to be closed. */
  discard(fds: readonly number[]): void;
  /** Stops and restarts reading from that side. */
  pause(side: Side): void;
  resume(side: Side): void;
  /** Half-closes that side, behind all that was sent to it. */
  shutdown(side: Side): void;
  /** Closes that side behind all that was sent to it; `closed` follows when that is done. */
  close(side: Side): void;
  /** Both sides are closed: the session is over. Called once. */
  done(end: SessionEnd, reason: string | undefined): void;
}

type Reading = 'flowing' | 'paused' | 'ended' | 'gone';
type ReadingEvent = 'behind' | 'room' | 'ended' | 'gone';

/** An event that a state does not list changes nothing. */
const readingTable: Readonly<Record<Reading, Partial<Record<ReadingEvent, Reading>>>> = {
  flowing: { behind: 'paused', ended: 'ended', gone: 'gone' },
  paused: { room: 'flowing', ended: 'ended', gone: 'gone' },
  ended: { gone: 'gone' },
  gone: {},
};

type Closing = 'open' | 'closing' | 'closed';

/** One side's states. */
class Leg {
  readonly side: Side;
  reading: Reading = 'flowing';
  closing: Closing = 'open';

  constructor(side: Side) {
    this.side = side;
  }

  /** Whether the event changed what is read from this side. */
  read(event: ReadingEvent): boolean {
    const next = readingTable[this.reading][event];
    if (next === undefined) return false;
    this.reading = next;
    return true;
  }
}

export class Relay {
  readonly #client = new Leg('client');
  readonly #server = new Leg('server');
  readonly #out: RelayOutput;
  #end: SessionEnd | undefined;
  #reason: string | undefined;

  constructor(out: RelayOutput) {
    this.#out = out;
  }

  /** Bytes came from that side; the descriptors belong to the first of them. */
  data(from: Side, bytes: Uint8Array, fds: readonly number[]): void {
    const [source, sink] = this.#legs(from);
    if (sink.reading === 'gone' || sink.closing !== 'open') {
      if (fds.length > 0) this.#out.discard(fds);
      return;
    }
    const behind = !this.#out.send(sink.side, bytes, fds);
    if (behind && source.read('behind')) this.#out.pause(from);
  }

  /** That side has room again, after `send` said that it was behind. */
  drained(side: Side): void {
    this.#release(this.#legs(side)[1]);
  }

  /** That side sends no more, but may still be sent to. */
  ended(side: Side): void {
    const [source, sink] = this.#legs(side);
    if (!source.read('ended')) return;
    this.#endedBy(`${side}-closed`, undefined);
    if (sink.closing !== 'open') return;
    if (sink.reading === 'ended') {
      this.#close(sink);
      this.#close(source);
    } else {
      this.#out.shutdown(sink.side);
    }
  }

  /**
   * That side has closed altogether, after everything that it sent was given to `data`.
   * `reset`: not orderly.
   */
  gone(side: Side, reason: string | undefined, reset: boolean): void {
    const [source, sink] = this.#legs(side);
    if (!source.read('gone')) return;
    this.#endedBy(reset ? `${side}-reset` : `${side}-closed`, reason);
    // What it sent last is still delivered; what the other side says meanwhile has no destination,
    // and is read so that a peer that writes before it reads gets to reading.
    this.#release(sink);
    this.#close(sink);
    this.#close(source);
  }

  /** That side's `close` is complete. */
  closed(side: Side): void {
    const [own, other] = this.#legs(side);
    if (own.closing === 'closed') return;
    own.closing = 'closed';
    if (other.closing === 'closed') this.#out.done(this.#end ?? 'stopped', this.#reason);
  }

  /** Ends the session from our side, behind all that was received so far. */
  stop(): void {
    this.#endedBy('stopped', undefined);
    this.#close(this.#client);
    this.#close(this.#server);
  }

  #legs(side: Side): readonly [own: Leg, other: Leg] {
    return side === 'client' ? [this.#client, this.#server] : [this.#server, this.#client];
  }

  #release(source: Leg): void {
    if (source.read('room')) this.#out.resume(source.side);
  }

  #close(target: Leg): void {
    if (target.closing !== 'open') return;
    target.closing = 'closing';
    this.#out.close(target.side);
  }

  #endedBy(end: SessionEnd, reason: string | undefined): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#reason = reason;
  }
}
