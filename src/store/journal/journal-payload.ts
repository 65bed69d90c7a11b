/**
 * The payloads of the journal's records that are not traffic: JSON, read with care since a journal may
 * be damaged.
 */
import { splitCreatedBy } from '../format/format-1.js';
import { sessionEndOf, type SessionEnd, type SessionStart } from '../../recording/session.js';

/** Of the first record, `begin`. */
export interface JournalBegin {
  /** `qmptap 0.1.0`. */
  readonly createdBy: string;
  /** The name of the series that it is of. */
  readonly series?: string | undefined;
  /** Wall clock, microseconds since 1970. */
  readonly created: number;
}

/** Of a `close` record. */
export interface JournalEnd {
  readonly end: SessionEnd;
  readonly reason?: string | undefined;
}

/** That of `open` is a `SessionStart`. */
export function encodePayload(payload: JournalBegin | JournalEnd | SessionStart): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(payload));
}

/** Undefined if it is damaged; so are those below. */
export function decodeBegin(payload: Uint8Array): JournalBegin | undefined {
  const value = decode(payload);
  if (typeof value?.['createdBy'] !== 'string' || !Number.isFinite(value['created'])) return undefined;
  const { createdBy, series } = splitCreatedBy(value['createdBy']);
  const own = value['series'];
  return {
    createdBy,
    series: typeof own === 'string' ? own : series,
    created: value['created'] as number,
  };
}

export function decodeEnd(payload: Uint8Array): JournalEnd | undefined {
  const value = decode(payload);
  return sessionEndOf(value?.['end']) === undefined ? undefined : (value as unknown as JournalEnd);
}

export function decodeStart(payload: Uint8Array): SessionStart | undefined {
  const value = decode(payload);
  const peers = [value?.['client'], value?.['server']] as (Record<string, unknown> | null | undefined)[];
  const sound =
    peers.every((peer) => typeof peer?.['address'] === 'string') && Number.isFinite(value?.['started']);
  return sound ? (value as unknown as SessionStart) : undefined;
}

function decode(payload: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(payload));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
