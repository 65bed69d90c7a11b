/**
 * Finds names and labelled sessions by glob, in a file that may grow: each is judged once.
 */
import type { Lookup } from '../../recording/fields/sql.js';
import { compileGlob } from '../../text/glob.js';
import type { Connection, Statement } from '../disk/connect.js';
import { readInteger, readText } from './frame-decoder.js';

/** More are not listed in a query. */
const maxListed = 500;

interface Found {
  readonly numbers: number[];
  readonly matches: (text: string) => boolean;
  /** The last row that was judged. */
  last: number;
}

export class GrowingLookup implements Lookup {
  readonly file: string;
  readonly #names: Statement;
  readonly #labels: Statement;
  readonly #marks: Statement;
  readonly #found = new Map<string, Found>();

  /** `file`: the name of the file as the user knows it. */
  constructor(db: Connection, file: string) {
    this.file = file;
    this.#names = db.prepare('SELECT id, name FROM name WHERE event = ? AND id > ? ORDER BY id').raw();
    this.#labels = db
      .prepare('SELECT id, label FROM session WHERE label IS NOT NULL AND id > ? ORDER BY id')
      .raw();
    this.#marks = db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'mark'");
  }

  hasMarks(): boolean {
    return this.#marks.get() !== undefined;
  }

  names(event: boolean, glob: string): readonly number[] | undefined {
    const flag = event ? 1 : 0;
    return this.#find(`${flag} ${glob}`, glob, (last) => this.#names.iterate(flag, last));
  }

  labelled(glob: string): readonly number[] | undefined {
    return this.#find(`label ${glob}`, glob, (last) => this.#labels.iterate(last));
  }

  #find(
    key: string,
    glob: string,
    rowsAfter: (last: number) => Iterable<unknown>,
  ): readonly number[] | undefined {
    let found = this.#found.get(key);
    if (found === undefined) {
      found = { numbers: [], matches: compileGlob(glob), last: 0 };
      this.#found.set(key, found);
    }
    for (const [id, name] of rowsAfter(found.last) as Iterable<readonly unknown[]>) {
      found.last = readInteger(id);
      if (found.matches(readText(name))) found.numbers.push(found.last);
      if (found.numbers.length > maxListed) break;
    }
    return found.numbers.length > maxListed ? undefined : found.numbers;
  }
}
