/** Shapes and differences of schemas as text for people; all is escaped. */
import type { Features, Schema } from '../../qmp/schema.js';
import { escapeText } from '../format.js';
import type { SchemaDiff } from './schema-diff.js';
import type { Shape, ShapeLine } from './schema-shape.js';

/** A command's or an event's shape, line by line. */
export function* shapeText(shape: Shape): Iterable<string> {
  const flags = [...(shape.oob ? ['out-of-band'] : []), ...shape.features];
  yield `${shape.kind} ${escapeText(shape.name)}${inParentheses(flags)}`;
  for (const { name, lines } of shape.parts) {
    yield lines.length === 0 ? `  ${name}: nothing` : `  ${name}:`;
    yield* linesText(lines);
  }
}

function* linesText(lines: readonly ShapeLine[]): Iterable<string> {
  /** What each depth stands under; a heading is said where it changes. */
  const headings: (string | undefined)[] = [];
  for (const line of lines) {
    if (line.when !== undefined && headings[line.depth] !== line.when) {
      yield `${indent(line.depth - 1)}if ${escapeText(line.when)}:`;
    }
    headings.length = line.depth;
    headings[line.depth] = line.when;
    yield `${indent(line.depth)}${lineText(line)}`;
  }
}

function lineText({ name, optional, type, values, features }: ShapeLine): string {
  const head = name === '' ? '' : name === 'or' ? 'or ' : `${name}${optional ? '?' : ''}: `;
  const words = values.length === 0 ? type : type.replace(/\benum\b/, values.join(' | '));
  return escapeText(head + words) + inParentheses(features);
}

function indent(depth: number): string {
  return '  '.repeat(depth + 2);
}

function inParentheses(features: Features): string {
  return features.length === 0 ? '' : escapeText(` (${features.join(', ')})`);
}

/** The names of all commands and events, with what there is to know of each. */
export function* schemaText({ commands, events, unknown }: Schema): Iterable<string> {
  for (const [name, { oob, features }] of sorted(commands)) {
    yield `command ${escapeText(name)}${inParentheses([...(oob ? ['out-of-band'] : []), ...features])}`;
  }
  for (const [name, { features }] of sorted(events))
    yield `event   ${escapeText(name)}${inParentheses(features)}`;
  if (unknown > 0) yield `${unknown} entries of the schema were not understood`;
}

/** What differs, line by line; no line if nothing does. */
export function* schemaDiffText({ removed, added, changed }: SchemaDiff): Iterable<string> {
  for (const name of removed.commands) yield `- command ${escapeText(name)}`;
  for (const name of removed.events) yield `- event   ${escapeText(name)}`;
  for (const name of added.commands) yield `+ command ${escapeText(name)}`;
  for (const name of added.events) yield `+ event   ${escapeText(name)}`;
  for (const { kind, name, changes, also } of changed) {
    const shared = also.length === 0 ? '' : `  (in part also ${also.join(', ')})`;
    yield escapeText(`~ ${kind.padEnd(7)} ${name}${shared}`);
    for (const { path, text } of changes) yield escapeText(`      ${path === '' ? name : path}: ${text}`);
  }
}

function sorted<T>(map: ReadonlyMap<string, T>): (readonly [string, T])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
