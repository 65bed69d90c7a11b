/**
 * What every connection can do: unix sockets, which pass descriptors, TCP, and standard input and output. Relays and
 * replays use only this interface.
 */
import type { Peer } from '../recording/session.js';

/**
 * What a stream reports to its user. Never called from inside a call to the stream, but for `closed`, and for what
 * `readAvailable` finds.
 * After `gone` nothing more comes but `closed`.
 */
export interface StreamEvents {
  /**
   * Bytes came. `chunk` is only valid during the call. `fds` came with its first byte, and now belong
   * to the one called: to be given to a `write`, or to be closed.
   */
  data(chunk: Uint8Array, fds: readonly number[]): void;
  /** The peer sends no more; it may still read. */
  ended(): void;
  /**
   * The peer has closed altogether, and everything it sent has been given. `reset`: not orderly. `reason`: what
   * more there is to say of it.
   */
  gone(reason: string | undefined, reset: boolean): void;
  /** There is room again, after a `write` that gave false. */
  drained(): void;
  /** The stream is closed by us, and all its resources are released. Called once, at last. */
  closed(): void;
  /** A line for the user: descriptors were lost, and why. */
  note(text: string): void;
}

export interface Stream {
  readonly peer: Peer;
  /** The socket's descriptor, to pass a copy of it to a child process; undefined where that is not possible. */
  readonly fd?: number;
  /**
   * Another process has a copy of the socket, and reads on from it if we are killed. So bytes are taken out of it
   * before they are given to `data`, not after, or they would be passed on twice; and our close ends it for all.
   */
  takeFirst?(): void;
  /** Begins to read. Before that, nothing is taken from the peer. Called once. */
  start(events: StreamEvents): void;
  /**
   * Sends `chunk`, with `fds` on its first byte, behind what was written before; `chunk` may be reused
   * at once, `fds` are closed in our process when they are sent or cannot be. False: wait for `drained`.
   */
  write(chunk: Uint8Array, fds: readonly number[]): boolean;
  pause(): void;
  resume(): void;
  /** Passes what has come so far to `data`, without waiting for more. */
  readAvailable(): void;
  /** Half-closes behind what was written. */
  shutdown(): void;
  /** Closes behind what was written, then `closed`. Reading goes on meanwhile. */
  close(): void;
  /** Closes now; what was not sent yet is lost, its descriptors are closed. */
  destroy(): void;
  /** Whether the peer is known to have closed altogether. */
  isGone(): boolean;
}

/** The descriptors of a chunk that has none. */
export const noDescriptors: readonly number[] = [];

/** Above this many bytes queued for a stream, its writer should wait. */
export const highWater = 1 << 20;
/** And may go on below this many. */
export const lowWater = 256 << 10;
/**
 * The same for descriptors, which are open here while they are queued: each byte can bring 253 of them, and a peer
 * could use up all descriptors of this process, which would stop the recording.
 */
export const mostDescriptors = 64;
