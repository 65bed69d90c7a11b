/** What happens to sessions: one type for a proxy, which has streams, and for its user, who has plain data. */
import type { Peer, SessionEnd } from '../../recording/session.js';

/**
 * What happens to the sessions of a proxy or a recorder. `session` is the session's number, from 1; undefined where
 * the recording could not take it, or where no session is meant. `Side` describes a connected side.
 */
export type SessionEvent<Side> =
  /** A client has connected. */
  | { readonly type: 'opened'; readonly session: number | undefined; readonly client: Peer }
  /** Both sides are there, and what they send will be relayed. */
  | {
      readonly type: 'joined';
      readonly session: number | undefined;
      readonly client: Side;
      readonly server: Side;
    }
  /** The client waits: the server's queue of clients is full, no server has dialed in yet, or what `reason` says. */
  | { readonly type: 'waiting'; readonly session: number | undefined; readonly reason: string | undefined }
  /** The session is over; `reason`, one line for the user, comes with `server-unreachable`. */
  | {
      readonly type: 'closed';
      readonly session: number | undefined;
      readonly end: SessionEnd;
      readonly reason: string | undefined;
    }
  /** Something went wrong that the user has to know, in one line; the traffic goes on. */
  | { readonly type: 'trouble'; readonly session: number | undefined; readonly text: string }
  /** The recording stopped by a defect of qmptap, while the traffic goes on. Reported once. */
  | { readonly type: 'sink-failed'; readonly error: unknown };
