/** What a recorder tells whoever started it, as plain data: nothing in it reaches into a connection. */
import type { Peer, SessionEnd } from '../../recording/session.js';
import type { ProxyEvent } from '../../transport/session/drive.js';
import type { SeriesEvent } from './recording-series.js';

/**
 * What happens while a recorder runs: to sessions, to files (`SeriesEvent`), and what goes wrong. `session` is the
 * session's number, from 1; undefined where the recording could not take it, or where no session is meant.
 */
export type RecordEvent =
  /** A client has connected. */
  | { readonly type: 'opened'; readonly session: number | undefined; readonly client: Peer }
  /** Both sides are there, and what they send will be relayed. */
  | {
      readonly type: 'joined';
      readonly session: number | undefined;
      readonly client: Peer;
      readonly server: Peer;
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
  /** The recording stopped by a defect of qmptap, while the traffic goes on. */
  | { readonly type: 'sink-failed'; readonly error: unknown }
  | SeriesEvent;

/** An event without the streams, by which its reader could write into a monitor. */
export function plainEvent(event: ProxyEvent): RecordEvent {
  if (event.type !== 'joined') return event;
  const { type, session, client, server } = event;
  return { type, session, client: client.peer, server: server.peer };
}
