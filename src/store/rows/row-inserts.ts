/**
 * Inserts rows of one shape into a table, many with one statement: a call into SQLite was measured to cost
 * more than the row.
 */
import type { Connection, Statement } from '../disk/connect.js';

export type Value = number | string | Uint8Array | null;

/** 32 were no faster. */
const rowsAtOnce = 16;

export class RowInserts {
  readonly #width: number;
  readonly #one: Statement;
  readonly #prepareMany: () => Statement;
  /** Made when there are so many: it has a hundred times the memory of the other. */
  #many: Statement | undefined;
  readonly #values: Value[];
  #used = 0;

  constructor(db: Connection, table: string, columns: readonly string[]) {
    this.#width = columns.length;
    this.#values = new Array<Value>(this.#width * rowsAtOnce).fill(null);
    const row = `(${columns.map(() => '?').join()})`;
    // OR FAIL: SQLite would otherwise note what it needs to undo the rows before one that fails. The whole
    // transaction is given up then.
    const insert = `INSERT OR FAIL INTO ${table} (${columns.join()}) VALUES `;
    this.#one = db.prepare(insert + row);
    this.#prepareMany = () => db.prepare(insert + Array<string>(rowsAtOnce).fill(row).join());
  }

  /** Inserts a row, now or at the next `flush`: until then the bytes that it refers to have to stay. */
  add(...row: readonly Value[]): void {
    for (const value of row) this.#values[this.#used++] = value;
    if (this.#used < this.#values.length) return;
    this.#many ??= this.#prepareMany();
    this.#many.run(this.#values);
    this.#used = 0;
  }

  /** Inserts what was added and is not inserted yet. */
  flush(): void {
    for (let at = 0; at < this.#used; at += this.#width) {
      this.#one.run(this.#values.slice(at, at + this.#width));
    }
    this.#used = 0;
  }
}
