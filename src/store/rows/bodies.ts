/**
 * Large frames, kept once however often they come: QEMU answers `query-qmp-schema` with the same 200 kB
 * at every start.
 */
import { createHash } from 'node:crypto';
import type { Connection, Statement } from '../disk/connect.js';

/** Frames of this size are looked for among those stored; the hash of a smaller one costs more than it saves. */
export const largeFrame = 4096;
/** QEMU prints the id last, and it differs between starts: its beginning is looked for in this many bytes. */
const idReach = 256;
const idMember = Buffer.from('"id"');

export class Bodies {
  readonly #find: Statement;
  readonly #insert: Statement;

  constructor(db: Connection) {
    this.#find = db.prepare('SELECT id FROM body WHERE sha256 = ?').pluck();
    this.#insert = db.prepare('INSERT INTO body (sha256, bytes) VALUES (?, ?)');
  }

  /** The number of these bytes, stored now if they are new. */
  number(bytes: Uint8Array): number {
    const hash = createHash('sha256').update(bytes).digest();
    const found = this.#find.get(hash) as number | undefined;
    return found ?? Number(this.#insert.run(hash, bytes).lastInsertRowid);
  }
}

/** The length of the part that is likely to repeat: up to the id, which QEMU prints last. */
export function bodyLength(raw: Uint8Array): number {
  const from = Math.max(0, raw.length - idReach);
  const end = Buffer.from(raw.buffer, raw.byteOffset + from, raw.length - from);
  const id = end.lastIndexOf(idMember);
  return id < 0 ? raw.length : from + id;
}
