/**
 * The relay: two streams joined both ways, as a machine. What happened to either stream goes in,
 * what to do with them comes out through `RelayOutput`; it decides what waits for what, and how the
 * session ended. It knows no socket, keeps no bytes, and never looks into them.
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
  /** There is nobody left to send these to: the descriptors have to be closed. */
  discard(fds: readonly number[]): void;
  /** Stops and restarts reading from that side. */
  pause(side: Side): void;
  resume(side: Side): void;
  /** Half-closes that side, behind all that was sent to it. */
  shutdown(side: Side): void;
  /** Closes that side behind all that was sent to it; `closed` is told when that is done. */
  close(side: Side): void;
  /** Both sides are closed: the session is over. Called once. */
  done(end: SessionEnd, reason: string | undefined): void;
}

interface Leg {
  readonly side: Side;
  /** It sends no more. */
  ended: boolean;
  /** It has closed altogether: nothing can be sent to it. */
  gone: boolean;
  /** We read nothing from it, because the other side is behind. */
  paused: boolean;
  closing: boolean;
  closed: boolean;
}

const leg = (side: Side): Leg => ({
  side,
  ended: false,
  gone: false,
  paused: false,
  closing: false,
  closed: false,
});

export class Relay {
  private readonly client = leg('client');
  private readonly server = leg('server');
  private readonly out: RelayOutput;
  private end: SessionEnd | undefined;
  private reason: string | undefined;

  constructor(out: RelayOutput) {
    this.out = out;
  }

  /** Bytes came from that side; the descriptors belong to the first of them. */
  data(from: Side, bytes: Uint8Array, fds: readonly number[]): void {
    const [source, sink] = this.legs(from);
    if (sink.gone || sink.closing) {
      if (fds.length > 0) this.out.discard(fds);
      return;
    }
    if (!this.out.send(sink.side, bytes, fds) && !source.paused) {
      source.paused = true;
      this.out.pause(from);
    }
  }

  /** That side has room again, after `send` said that it was behind. */
  drained(side: Side): void {
    this.release(this.legs(side)[1]);
  }

  /** That side sends no more, but may still be sent to. */
  ended(side: Side): void {
    const [source, sink] = this.legs(side);
    if (source.ended || source.gone) return;
    source.ended = true;
    this.endedBy(`${side}-closed`, undefined);
    if (sink.closing) return;
    if (sink.ended) {
      this.close(sink);
      this.close(source);
    } else {
      this.out.shutdown(sink.side);
    }
  }

  /**
   * That side has closed altogether, after everything that it sent was given to `data`.
   * `reset`: not orderly.
   */
  gone(side: Side, reason: string | undefined, reset: boolean): void {
    const [source, sink] = this.legs(side);
    if (source.gone) return;
    source.gone = true;
    this.endedBy(reset ? `${side}-reset` : `${side}-closed`, reason);
    // What it sent last is still delivered; what the other side says meanwhile has no destination,
    // and is read so that a peer that writes before it reads gets to reading.
    this.release(sink);
    this.close(sink);
    this.close(source);
  }

  /** That side's `close` is complete. */
  closed(side: Side): void {
    const [own, other] = this.legs(side);
    if (own.closed) return;
    own.closed = true;
    if (other.closed) this.out.done(this.end ?? 'stopped', this.reason);
  }

  /** Ends the session from our side, behind all that was received so far. */
  stop(): void {
    this.endedBy('stopped', undefined);
    this.close(this.client);
    this.close(this.server);
  }

  private legs(side: Side): readonly [own: Leg, other: Leg] {
    return side === 'client' ? [this.client, this.server] : [this.server, this.client];
  }

  private release(source: Leg): void {
    if (!source.paused) return;
    source.paused = false;
    this.out.resume(source.side);
  }

  private close(target: Leg): void {
    if (target.closing) return;
    target.closing = true;
    this.out.close(target.side);
  }

  private endedBy(end: SessionEnd, reason: string | undefined): void {
    if (this.end !== undefined) return;
    this.end = end;
    this.reason = reason;
  }
}
