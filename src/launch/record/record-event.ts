/** What a recorder tells its caller, as plain data: nothing in it reaches into a connection. */
import type { Peer } from '../../recording/session.js';
import type { ProxyEvent } from '../../transport/session/drive.js';
import type { SessionEvent } from '../../transport/session/session-event.js';
import type { SeriesEvent } from './recording-series.js';

/** What happens while a recorder runs: to sessions (`SessionEvent`), to files (`SeriesEvent`), and what goes wrong. */
export type RecordEvent = SessionEvent<Peer> | SeriesEvent;

/** An event without the streams, by which its reader could write into a monitor. */
export function plainEvent(event: ProxyEvent): RecordEvent {
  if (event.type !== 'joined') return event;
  const { type, session, client, server } = event;
  return { type, session, client: client.peer, server: server.peer };
}
