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
import { DamagedRow, readInteger, readOptional, readText } from './frame-decoder.js';

/** A row of the table `session`. */
export type SessionRow = Readonly<Record<string, unknown>>;

/** @throws DamagedRow */
export function decodeSession(row: SessionRow, notes: readonly string[]): Session {
  return {
    id: readInteger(row['id']),
    label: readOptional(row['label'], readText),
    dialect: readOptional(row['dialect'], dialect) ?? 'qmp',
    client: peer(row, 'client'),
    server: peer(row, 'server'),
    version: version(row),
    started: readInteger(row['started']),
    ended: readOptional(row['ended'], readInteger),
    end: readOptional(row['end'], (value) => oneOf(sessionEnds, value)),
    endReason: readOptional(row['end_reason'], readText),
    notes,
    messages: readInteger(row['messages']),
    bytes: readInteger(row['bytes']),
  };
}

function dialect(value: unknown): Dialect {
  return oneOf(['qmp', 'qga'], value);
}

function peer(row: SessionRow, role: 'client' | 'server'): Peer {
  return {
    address: readText(row[`${role}_address`]),
    pid: readOptional(row[`${role}_pid`], readInteger),
    uid: readOptional(row[`${role}_uid`], readInteger),
    gid: readOptional(row[`${role}_gid`], readInteger),
    program: readOptional(row[`${role}_program`], readText),
  };
}

/** Only a greeting brings capabilities, be it none. */
function version(row: SessionRow): ServerVersion | undefined {
  if (row['capabilities'] === null) return undefined;
  return {
    qemu: readOptional(row['qemu'], readText),
    package: readOptional(row['package'], readText),
    capabilities: strings(readText(row['capabilities'])),
  };
}

function strings(json: string): readonly string[] {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    value = undefined;
  }
  if (Array.isArray(value)) return value.map(readText);
  throw new DamagedRow('a list in it is damaged');
}

function oneOf<T extends string>(values: readonly T[], value: unknown): T {
  const found = values.find((one) => one === value);
  if (found === undefined) throw new DamagedRow('a word in it is damaged');
  return found;
}
