/**
 * Reads YAML, and JSON, which is a part of it, as plain values that know their place in the text. What makes a small
 * text large (aliases) is refused, and so is what means more than it says (tags, merge keys, two documents).
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { UsageError } from '../errors.js';

/** Where a value begins, from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** A value, and where it stands. */
export interface Placed extends TextPlace {
  readonly value: PlacedValue;
  /** The text stands in the file as it is, from this column on, so that a place in it is a place in the file. */
  readonly textColumn?: number | undefined;
}

export type PlacedValue =
  null | boolean | number | string | readonly Placed[] | ReadonlyMap<string, PlacedMember>;

/** A member's value, and where its name stands. */
export interface PlacedMember extends Placed {
  readonly key: TextPlace;
}

/** Larger files are not written by hand. */
const maxLength = 1 << 20;
const maxDepth = 50;
/** The parser is recursive, and near the end of the stack V8 may end the process rather than throw. */
const maxOpen = 200;

/** Where the parser's words are for who calls it. */
const ownWords: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'a second document',
  DUPLICATE_KEY: 'the same key for the second time',
};

/** An error that says where: `SUBJECT:LINE:COLUMN`. */
export function placedError(
  subject: string,
  { line, column }: TextPlace,
  reason: string,
  remedy?: string,
): UsageError {
  return new UsageError({ subject: `${subject}:${line}:${column}`, reason, remedy });
}

/**
 * Reads one document; `subject` is what errors call it, a file's name.
 * @throws UsageError with line and column
 */
export function parseYaml(text: string, subject: string): Placed {
  if (text.length > maxLength)
    throw new UsageError({ subject, reason: 'more than 1 MiB of text', remedy: 'make several files of it' });
  if (opensMany(text)) throw new UsageError({ subject, reason: 'nested too deeply' });
  const lines = new LineCounter();
  const place = (offset: number): TextPlace => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const { errors, warnings, contents } = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    // 'silent' would pass over a second document.
    logLevel: 'error',
    resolveKnownTags: false,
  });
  // A warning is a tag that is not known.
  const [error] = [...errors, ...warnings];
  if (error !== undefined) {
    const text = error.message.split('\n')[0] ?? '';
    const reason = ownWords[error.code] ?? text.charAt(0).toLowerCase() + text.slice(1);
    throw placedError(subject, place(error.pos[0]), reason);
  }
  return new Reader(text, subject, place).read(contents, 0);
}

/** More brackets than close again, or a line that begins with more spaces, dashes and the like than levels may have. */
function opensMany(text: string): boolean {
  let open = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    open = '[{'.includes(bracket) ? open + 1 : Math.max(0, open - 1);
    if (open > maxOpen) return true;
  }
  return text.split('\n').some((line) => line.length > maxOpen && !/[^\s?:-]/.test(line.slice(0, maxOpen)));
}

class Reader {
  readonly #text: string;
  readonly #subject: string;
  readonly #place: (offset: number) => TextPlace;

  constructor(text: string, subject: string, place: (offset: number) => TextPlace) {
    this.#text = text;
    this.#subject = subject;
    this.#place = place;
  }

  read(node: unknown, depth: number): Placed {
    if (node === null) return { value: null, line: 1, column: 1 };
    const start = startOf(node);
    const at = this.#place(start);
    if (depth > maxDepth) throw placedError(this.#subject, at, `more than ${maxDepth} levels`);
    if (isAlias(node))
      throw placedError(this.#subject, at, 'an alias is not read here', 'write the value again');
    if (isSeq(node)) return { ...at, value: node.items.map((item) => this.read(item, depth + 1)) };
    if (isMap(node)) return { ...at, value: this.#members(node.items, depth) };
    const value = isScalar(node) ? node.value : null;
    if (typeof value === 'string') return { ...at, value, textColumn: this.#textColumn(value, start, at) };
    return { ...at, value: typeof value === 'boolean' || typeof value === 'number' ? value : null };
  }

  #members(
    pairs: readonly { readonly key: unknown; readonly value: unknown }[],
    depth: number,
  ): ReadonlyMap<string, PlacedMember> {
    const members = new Map<string, PlacedMember>();
    for (const { key, value } of pairs) {
      const at = this.#place(startOf(key));
      const name = isScalar(key) ? key.value : undefined;
      if (typeof name !== 'string') throw placedError(this.#subject, at, 'a key is no text');
      const read = this.read(value, depth + 1);
      members.set(name, { ...read, ...(value === null ? at : {}), key: at });
    }
    return members;
  }

  /** On one line, plain or in quotes without an escape. */
  #textColumn(value: string, start: number, { column }: TextPlace): number | undefined {
    const quotes = /["']/.test(this.#text.charAt(start)) ? 1 : 0;
    return this.#text.startsWith(value, start + quotes) && !value.includes('\n')
      ? column + quotes
      : undefined;
  }
}

/** Where it begins; what has no text of its own begins where the file does. */
function startOf(node: unknown): number {
  const { range } = node as { range?: readonly [number, number, number] | null };
  return range?.[0] ?? 0;
}
