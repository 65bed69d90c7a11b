/**
 * What a host knows of its monitors beside what is recorded: those that have no client, and who has the others. A host
 * does not read messages; what waits and how busy they are is in the recordings.
 */
import type { Dialect } from '../../recording/session.js';
import type { MonitorRow } from './monitor-activity.js';

/** A monitor or an agent's channel of a host. */
export interface HostedMonitor {
  /** The VM's name, which is the label of its sessions. */
  readonly name: string;
  /** Undefined: not recognised yet. */
  readonly monitor: Dialect | undefined;
  /** Where it is recorded now; undefined before its first client. */
  readonly file: string | undefined;
  /** No client comes to us: its client had connected before, or its path could not be taken. */
  readonly direct: boolean;
  /** Who has the server: `libvirtd, pid 812`. */
  readonly client: string | undefined;
  /** Sessions that are not over. */
  readonly sessions: number;
}

/** The rows of the recordings, with what the host knows; then a row for each monitor that has no client. */
export function withHosted(
  rows: readonly MonitorRow[],
  hosted: readonly HostedMonitor[],
): readonly MonitorRow[] {
  const left = new Set(hosted);
  const known = rows.map((row): MonitorRow => {
    const own = hosted.find(
      (one) => left.has(one) && one.name === row.name && (one.monitor ?? row.monitor) === row.monitor,
    );
    if (own === undefined) return row;
    left.delete(own);
    return { ...row, client: own.client ?? row.client, others: Math.max(0, own.sessions - 1) };
  });
  return [...known, ...Array.from(left, withoutClient)];
}

function withoutClient({ name, monitor = 'qmp', file, direct, client, sessions }: HostedMonitor): MonitorRow {
  return {
    ...{ name, monitor, file, session: undefined, held: 0 },
    client: client ?? (direct ? 'not recorded' : 'next client'),
    ...{ others: Math.max(0, sessions - 1), pending: 0, oldest: undefined, errors: 0, rate: 0 },
    slowest: undefined,
    state: direct ? 'direct' : 'waiting',
  };
}
