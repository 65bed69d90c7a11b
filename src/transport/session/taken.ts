/**
 * A monitor serves one client at a time, and accepts the next one without answering it: this says who has it.
 */
import type { Peer } from '../../recording/session.js';

/** A server that is free has greeted by then, an agent has answered. */
export const quietMs = 1000;

/** An open session, as later clients see it. */
export interface Holder {
  /** The sink's number, if it gave one. */
  readonly session: number | undefined;
  readonly client: Peer;
  /** Its server has sent something, so this session is the one that is served. */
  readonly served: boolean;
}

/**
 * One line for the user of a client whose server says nothing: `the server serves one client at a time, and
 * session 1 has it: libvirtd (pid 713, uid 0)`. Has bytes of the program's name, to be escaped.
 */
export function takenBy({ session, client, served }: Holder): string {
  const where = session === undefined ? 'another session' : `session ${session}`;
  const does = served ? 'has it' : 'came first';
  return `the server serves one client at a time, and ${where} ${does}: ${processOf(client)}; this client waits`;
}

function processOf({ address, program, pid, uid }: Peer): string {
  if (pid === undefined) return uid === undefined ? address : `a process of uid ${uid}`;
  return `${program ?? 'a process'} (pid ${pid}, uid ${uid ?? 'unknown'})`;
}
