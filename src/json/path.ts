/**
 * Paths into values, in the one syntax that all of qmptap uses: `return.cpus[*].thread-id`. `*` is one member or
 * one element, `**` any number of steps, `["a.b"]` a member whose name needs quotes.
 */
import { UsageError } from '../errors.js';
import { isArray, isObject, type JsonValue } from './value.js';

/** A step of a concrete path: a member's name or an element's position. */
export type Step = string | number;

/** `any`: one member or element. `deep`: any number of steps, or none. */
type PathPart =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'element'; readonly position: number }
  | { readonly kind: 'any' }
  | { readonly kind: 'deep' };

export type Path = readonly PathPart[];

const part = {
  deep: /\.?\*\*(?=[.[]|$)/y,
  any: /\.?\*(?=[.[]|$)|\[\*\]/y,
  element: /\[(0|[1-9]\d{0,14})\]/y,
  quoted: /\[("(?:[^"\\]|\\.)*")\]/y,
  member: /\.?([^.[\]"*\s]+)/y,
};

/**
 * Parses a path.
 * @example
 * parsePath('return.cpus[*].thread-id'); // member return, member cpus, any, member thread-id
 * @throws UsageError with the column, from 0, of what cannot be parsed
 */
export function parsePath(text: string): Path {
  const path: PathPart[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    // Only the first part may be a name without a dot before it, and that one has none.
    if ((text[at] === '.') === (at === 0) && text[at] !== '[') return null;
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at += found[0].length;
    return found;
  };
  while (at < text.length || path.length === 0) {
    const column = at;
    let found;
    if (take(part.deep)) path.push({ kind: 'deep' });
    else if (take(part.any)) path.push({ kind: 'any' });
    else if ((found = take(part.element))) path.push({ kind: 'element', position: Number(found[1]) });
    else if ((found = take(part.quoted)))
      path.push({ kind: 'member', name: unquote(found[1], text, column) });
    else if ((found = take(part.member))) path.push({ kind: 'member', name: String(found[1]) });
    else throw unreadable(text, column);
  }
  return path;
}

function unquote(quoted: string | undefined, text: string, column: number): string {
  try {
    return String(JSON.parse(quoted ?? ''));
  } catch (cause) {
    throw unreadable(text, column, cause);
  }
}

function unreadable(text: string, column: number, cause?: unknown): UsageError {
  const rest = column < text.length ? `at "${text.slice(column)}"` : 'at its end';
  const subject = `path ${JSON.stringify(text)}`;
  const remedy = 'write for example return.cpus[*].thread-id';
  return new UsageError({ subject, reason: `cannot be read ${rest}`, remedy }, { text, column, cause });
}

/** Prints a path so that `parsePath` gives it back. */
export function printPath(path: Path): string {
  const text = path.map((piece) => {
    if (piece.kind === 'deep') return '.**';
    if (piece.kind === 'any') return '[*]';
    if (piece.kind === 'element') return `[${piece.position}]`;
    return /^[^.[\]"*\s]+$/.test(piece.name) ? `.${piece.name}` : `[${JSON.stringify(piece.name)}]`;
  });
  return text.join('').replace(/^\./, '');
}

/** The pattern that matches only this concrete path. */
export function concretePath(steps: readonly Step[]): Path {
  return steps.map((step) =>
    typeof step === 'number' ? { kind: 'element', position: step } : { kind: 'member', name: step },
  );
}

/** Whether a pattern matches a whole concrete path. Linear in both, whatever the `**`. */
export function matchPath(pattern: Path, steps: readonly Step[]): boolean {
  // Which prefixes of the pattern match the steps so far: linear in both, whatever the `**`.
  let reached = closure(pattern, new Set([0]));
  for (const step of steps) {
    const next = new Set<number>();
    for (const at of reached) {
      const piece = pattern[at];
      if (piece === undefined) continue;
      if (piece.kind === 'deep') next.add(at);
      else if (takes(piece, step)) next.add(at + 1);
    }
    reached = closure(pattern, next);
  }
  return reached.has(pattern.length);
}

function closure(pattern: Path, reached: Set<number>): Set<number> {
  for (const at of reached) if (pattern[at]?.kind === 'deep') reached.add(at + 1);
  return reached;
}

function takes(piece: PathPart, step: Step): boolean {
  if (piece.kind === 'member') return piece.name === step;
  if (piece.kind === 'element') return piece.position === step;
  return true;
}

/** The first value at a path; undefined if there is none. */
export function valueAt(value: JsonValue, path: Path): JsonValue | undefined {
  for (const found of valuesAt(value, path)) return found;
  return undefined;
}

/** All values at a path, outer ones first. With two `**` a value may come twice. */
export function* valuesAt(value: JsonValue, path: Path): Generator<JsonValue> {
  const [piece, ...rest] = path;
  if (piece === undefined) {
    yield value;
    return;
  }
  if (piece.kind === 'deep') yield* valuesAt(value, rest);
  for (const [step, child] of children(value)) {
    if (piece.kind === 'deep') yield* valuesAt(child, path);
    else if (takes(piece, step)) yield* valuesAt(child, rest);
  }
}

function children(value: JsonValue): Iterable<readonly [Step, JsonValue]> {
  if (isObject(value)) return value;
  return isArray(value) ? value.entries() : [];
}
