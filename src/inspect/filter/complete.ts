/** Completes a filter that is being typed, by the table of fields; names come from the caller. */
import type { Field, NameSource, TextField } from '../../recording/fields/field.js';
import { fields } from '../../recording/fields/fields.js';

/** Names that a recording holds. */
export type FilterNames = Readonly<Partial<Record<NameSource, Iterable<string>>>>;

export interface Completion {
  /** What is put in place of the text between `from` and `to`. */
  readonly text: string;
  readonly help: string;
}

export interface Completions {
  readonly from: number;
  readonly to: number;
  readonly items: readonly Completion[];
}

const operators: readonly Completion[] = [
  { text: 'not', help: 'what does not match the next term' },
  { text: 'or', help: 'either side' },
];

/** A longer list is not useful. */
const maxItems = 200;

/** What could stand at `column` of a filter; empty inside quotes and regular expressions. */
export function completeFilter(text: string, column: number, names: FilterNames = {}): Completions {
  const to = Math.max(0, Math.min(column, text.length));
  const from = wordStart(text.slice(0, to));
  if (from === undefined) return { from: to, to, items: [] };
  const typed = text.slice(from, to);
  const [, key, value] = /^([a-z-]+):([^]*)$/.exec(typed) ?? [];
  if (key === undefined || value === undefined) return { from, to, items: completeKey(typed) };
  const field = fields.get(key);
  return {
    from: to - value.length,
    to,
    items: field === undefined ? [] : completeValue(field, value, names),
  };
}

/** Where the word under the cursor begins, if it is not in quotes or a regular expression. */
function wordStart(before: string): number | undefined {
  const words =
    /"(?:\\[^]|[^"\\])*"?|\/(?:\\[^]|[^/\\])*(?:\/i?)?|[()]|(?:"(?:\\[^]|[^"\\])*"?|[^\s()"])+|\s+/gy;
  let last = '';
  for (const [word] of before.matchAll(words)) last = word;
  if (last.includes('"') || last.startsWith('/')) return undefined;
  return /^[\s()]*$/.test(last) ? before.length : before.length - last.length;
}

function completeKey(typed: string): readonly Completion[] {
  const keys = [...fields].map(([key, { example, help }]): Completion => {
    const text = key + (/^(?:[<>]=?|[:=])/.exec(example.slice(key.length))?.[0] ?? '');
    return { text, help: text === key ? help : `${help}, like ${example}` };
  });
  return [...keys, ...operators].filter(({ text }) => text.startsWith(typed) && text !== typed);
}

function completeValue(field: Field, value: string, names: FilterNames): readonly Completion[] {
  const { names: source } = field;
  const values = field.family === 'text' ? valuesOf(field) : undefined;
  const known = values ?? [...((source && names[source]) ?? [])].sort();
  return known
    .filter((name) => name.startsWith(value) && name !== value)
    .slice(0, maxItems)
    .map((text) => ({
      text: /[\s()"]/.test(text) ? `"${text.replaceAll(/[\\"]/g, '\\$&')}"` : text,
      help: '',
    }));
}

/** All values that there are, with those that are other spellings by a word. */
function valuesOf({ values, spellings = {} }: TextField): readonly string[] | undefined {
  return values && [...values, ...Object.keys(spellings).filter((word) => /^\w/.test(word))];
}
