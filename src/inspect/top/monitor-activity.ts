/**
 * What happens on the monitors of one recording just now: who holds them, what waits, how busy they are. Reads only
 * the end of the recording, and what comes to it.
 */
import type { MessageOutline, RecordingReader } from '../../recording/ports.js';
import type { Dialect, Peer, Session } from '../../recording/session.js';
import { sessionName } from '../format.js';

/** A monitor, or a guest agent's channel, with a client. Times are seconds. */
export interface MonitorRow {
  /** The session's label, or the recording's name. */
  readonly name: string;
  readonly monitor: Dialect;
  /** Where it is recorded. */
  readonly file: string | undefined;
  /** The session that has it. */
  readonly session: number | undefined;
  /** The client: `libvirtd, pid 812`, or its address. */
  readonly client: string;
  /** How long the client has had it. */
  readonly held: number;
  /** How many other sessions are open. */
  readonly others: number;
  readonly pending: number;
  /** The command that waits longest. */
  readonly oldest: Waiting | undefined;
  /** Errors of the last minute. */
  readonly errors: number;
  /** Exchanges a second, over the last ten. */
  readonly rate: number;
  /** The slowest exchange of the last minute. */
  readonly slowest: { readonly command: string; readonly latency: number } | undefined;
  /** Of a monitor without a client: the next one is recorded, or none comes to us. */
  readonly state?: 'waiting' | 'direct' | undefined;
}

export interface Waiting {
  readonly command: string;
  readonly seconds: number;
}

/** So far back the past counts as now, in microseconds. */
const recent = 60e6;
const rateWindow = 10e6;
/** Of a recording that is opened, so many messages before its end are read. */
const lookedBack = 5_000;
/** More of a flood is not counted. */
const mostKept = 20_000;
const mostPending = 1_000;

interface Exchange {
  /** Wall clock, microseconds since 1970. */
  readonly time: number;
  readonly command: string;
  /** Nanoseconds; undefined: not known, as of a response that came at once. */
  readonly latency: number | undefined;
  readonly isError: boolean;
}

export class MonitorActivity {
  readonly #reader: RecordingReader;
  /** The last minute of each session. */
  readonly #exchanges = new Map<number, Exchange[]>();
  #read: number;

  constructor(reader: RecordingReader) {
    this.#reader = reader;
    this.#read = Math.max(0, reader.count() - lookedBack);
  }

  /** The monitors that have a client; `now`: wall clock, microseconds since 1970. */
  rows(now: number): readonly MonitorRow[] {
    const open = this.#reader.sessions().filter(({ ended }) => ended === undefined);
    this.#readOn(new Map(open.map((session) => [session.id, session])), now);
    const held = new Map<string, Session[]>();
    for (const session of open) {
      const key = `${session.dialect} ${session.label ?? ''}`;
      held.set(key, [...(held.get(key) ?? []), session]);
    }
    return [...held.values()].map((sessions) => this.#row(sessions, now));
  }

  #readOn(open: ReadonlyMap<number, Session>, now: number): void {
    for (const id of this.#exchanges.keys()) if (!open.has(id)) this.#exchanges.delete(id);
    const range = { after: this.#read };
    const found: Iterable<Omit<MessageOutline, 'size'>> =
      this.#reader.outlines?.(range) ?? this.#reader.messages(range);
    for (const { index, session: id, kind, t, latency, command } of found) {
      this.#read = index;
      const session = open.get(id);
      if (session === undefined || (kind !== 'success' && kind !== 'error')) continue;
      const time = session.started + t / 1000;
      if (time < now - recent) continue;
      const exchanges = this.#exchanges.get(id) ?? [];
      this.#exchanges.set(id, exchanges);
      exchanges.push({ time, command: command ?? '', latency, isError: kind === 'error' });
      if (exchanges.length > 2 * mostKept) exchanges.splice(0, mostKept);
    }
    for (const exchanges of this.#exchanges.values()) {
      const first = exchanges.findIndex(({ time }) => time >= now - recent);
      exchanges.splice(0, first === -1 ? exchanges.length : first);
    }
  }

  /** Of several clients the first has the monitor; the others wait. */
  #row(sessions: readonly Session[], now: number): MonitorRow {
    const [session] = sessions;
    if (session === undefined) throw new Error('a monitor without a session');
    const { path } = this.#reader.info;
    const { id, started, dialect, client } = session;
    const exchanges = this.#exchanges.get(id) ?? [];
    const waiting = this.#waiting(session, now);
    const slowest = exchanges.reduce<Exchange | undefined>(
      (most, one) => ((one.latency ?? -1) > (most?.latency ?? -1) ? one : most),
      undefined,
    );
    return {
      name: sessionName({ ...session, origin: { file: path, session: id } }) ?? path,
      monitor: dialect,
      file: path,
      session: id,
      client: client.pid === undefined ? client.address : clientName(client),
      held: since(started, now),
      others: sessions.length - 1,
      pending: waiting.length,
      oldest: waiting[0],
      errors: exchanges.filter(({ isError }) => isError).length,
      rate: exchanges.filter(({ time }) => time >= now - rateWindow).length / (rateWindow / 1e6),
      slowest:
        slowest?.latency === undefined ? undefined : { command: slowest.command, latency: slowest.latency },
    };
  }

  /** The oldest first. */
  #waiting({ id, started }: Session, now: number): readonly Waiting[] {
    const where = { op: 'flag', field: 'pending' } as const;
    return Array.from(this.#reader.messages({ session: id, where, limit: mostPending }), ({ name, t }) => ({
      command: name ?? '',
      seconds: since(started + t / 1000, now),
    }));
  }
}

/** A process that is a client. */
export function clientName({ pid, program }: Pick<Peer, 'pid' | 'program'>): string {
  return `${program ?? '?'}, pid ${pid ?? '?'}`;
}

/** Seconds; a clock that was set back gives none. */
function since(time: number, now: number): number {
  return Math.max(0, (now - time) / 1e6);
}
