/**
 * Which path each number of the store stands for, in a file beside the control socket: the store keeps sockets and
 * short names, and cannot say where in the file system they belong. A line is appended before a path is taken.
 */
import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Dialect } from '../../../recording/session.js';
import type { Identity } from '../../../transport/path/held-folder.js';

export interface TakenPath {
  readonly number: number;
  readonly path: string;
  readonly dialect: Dialect | undefined;
  /** See `FoundSocket`. */
  readonly vm: string;
  readonly name: string;
  readonly state: string | undefined;
  /** The folder below which no link is followed; undefined if a host that did not write it down took the path. */
  readonly within?: string | undefined;
  /** Our socket's file at the path. */
  readonly own: Identity;
}

/** No table of ours is longer: a million VMs. */
const longest = 512 * 2 ** 20;

export class TakenPaths {
  readonly #file: string;
  #next = 1;

  /** Goes on with the paths that are still taken; others are forgotten. */
  constructor(file: string, stillTaken: ReadonlyMap<number, TakenPath>) {
    this.#file = file;
    const lines = [...stillTaken.values()].map((taken) => `${JSON.stringify(taken)}\n`);
    writeFileSync(`${file}.new`, lines.join(''), { mode: 0o600 });
    renameSync(`${file}.new`, file);
    for (const number of stillTaken.keys()) this.#next = Math.max(this.#next, number + 1);
  }

  /** Writes a path down, and gives it its number. @throws the system's error if it cannot be written */
  add(taken: Omit<TakenPath, 'number'>): TakenPath {
    const numbered = { ...taken, number: this.#next++ };
    appendFileSync(this.#file, `${JSON.stringify(numbered)}\n`, { mode: 0o600 });
    return numbered;
  }

  /** Nothing is taken any more. */
  remove(): void {
    rmSync(this.#file, { force: true });
  }
}

/** What a process before this one has written, by number. What cannot be read is left out. */
export function readTakenPaths(file: string): Map<number, TakenPath> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').slice(0, longest);
  } catch {
    return new Map(); // there was none
  }
  return new Map(text.split('\n').flatMap((line) => entryOf(line) ?? []));
}

function entryOf(line: string): [[number, TakenPath]] | undefined {
  try {
    const taken = JSON.parse(line) as TakenPath;
    const { number, path, vm, name, within, own } = taken;
    const texts = [path, vm, name, within ?? ''].every((text) => typeof text === 'string');
    const numbers = [number, own.dev, own.ino].every((each) => Number.isSafeInteger(each));
    return texts && numbers && path.startsWith('/') ? [[number, taken]] : undefined;
  } catch {
    return undefined; // cut off by a crash
  }
}
