/**
 * The names of commands and events, each stored once and referred to by a small number.
 */
import type { Connection, Statement } from '../disk/connect.js';

/** A real QEMU has some 300; a hostile peer as many as it likes. */
const maxKept = 4096;

export class Names {
  readonly #commands = new Map<string, number>();
  readonly #events = new Map<string, number>();
  readonly #find: Statement;
  readonly #insert: Statement;

  constructor(db: Connection) {
    this.#find = db.prepare('SELECT id FROM name WHERE name = ? AND event = ?').pluck();
    this.#insert = db.prepare('INSERT INTO name (name, event) VALUES (?, ?)');
  }

  /** The number of a name, given now if it is new. */
  number(name: string, event: boolean): number {
    const kept = event ? this.#events : this.#commands;
    const known = kept.get(name);
    if (known !== undefined) return known;
    const flag = event ? 1 : 0;
    const found = this.#find.get(name, flag) as number | undefined;
    const number = found ?? Number(this.#insert.run(name, flag).lastInsertRowid);
    if (kept.size >= maxKept) kept.clear();
    kept.set(name, number);
    return number;
  }
}
