/**
 * Makes sessions of rows; whatever does not fit is an error.
 */
import {
  sessionEnds,
  type Dialect,
  type Peer,
  type ServerVersion,
  type Session,
} from '../../recording/session.js';
import { DamagedRow, integer, optional, text } from './frame-decoder.js';

/** A row of the table `session`. */
export type SessionRow = Readonly<Record<string, unknown>>;

/** @throws DamagedRow */
export function decodeSession(row: SessionRow, notes: readonly string[]): Session {
  return {
    id: integer(row['id']),
    label: optional(row['label'], text),
    dialect: optional(row['dialect'], dialect) ?? 'qmp',
    client: peer(row, 'client'),
    server: peer(row, 'server'),
    version: version(row),
    started: integer(row['started']),
    ended: optional(row['ended'], integer),
    end: optional(row['end'], (value) => oneOf(sessionEnds, value)),
    endReason: optional(row['end_reason'], text),
    notes,
    messages: integer(row['messages']),
    bytes: integer(row['bytes']),
  };
}

function dialect(value: unknown): Dialect {
  return oneOf(['qmp', 'qga'], value);
}

function peer(row: SessionRow, role: 'client' | 'server'): Peer {
  return {
    address: text(row[`${role}_address`]),
    pid: optional(row[`${role}_pid`], integer),
    uid: optional(row[`${role}_uid`], integer),
    gid: optional(row[`${role}_gid`], integer),
    program: optional(row[`${role}_program`], text),
  };
}

/** Only a greeting brings capabilities, be it none. */
function version(row: SessionRow): ServerVersion | undefined {
  if (row['capabilities'] === null) return undefined;
  return {
    qemu: optional(row['qemu'], text),
    package: optional(row['package'], text),
    capabilities: strings(text(row['capabilities'])),
  };
}

function strings(json: string): readonly string[] {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    value = undefined;
  }
  if (Array.isArray(value)) return value.map(text);
  throw new DamagedRow('a list in it is damaged');
}

function oneOf<T extends string>(values: readonly T[], value: unknown): T {
  const found = values.find((one) => one === value);
  if (found === undefined) throw new DamagedRow('a word in it is damaged');
  return found;
}
