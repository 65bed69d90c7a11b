/**
 * Secrets in the plain text of options, URLs and messages, JSON that is quoted, cut off or garbled included:
 * `file.password=…`, `"cookie": "…"`, `--password …`, `https://user:…@host?token=…`, `rbd:…:key=…`.
 * Each search goes over the text once; where it is not clear how far a secret goes, more is taken.
 */
import { anywherePattern, objectPropertyPattern, secretName } from './secret-names.js';
import type { SecretPart } from './found-secret.js';
import { closingQuote, OpenQuotes } from './quotes.js';
import { foldEscapes } from '../known/spelling.js';

/** The secrets in a text; they may overlap. */
export function secretParts(text: string): SecretPart[] {
  const folded = foldEscapes(text);
  const found = [
    ...namedParts(folded.text),
    ...objectParts(folded.text),
    ...flagParts(folded.text),
    ...queryParts(folded.text),
    ...userParts(folded.text),
    ...rbdParts(folded.text),
  ];
  if (folded.text === text) return found;
  return found.map((part) => ({ ...part, start: folded.place(part.start), end: folded.place(part.end) }));
}

/** What may stand between a name and its value: the end of its quotes, a sign. */
const sign = String.raw`(?:\.\d{1,9}|\[\d{0,9}\])*(?<close>\\*["'])?\s*(?<sign>[=:])[ \t]*`;

const named = new RegExp(`(?<name>${anywherePattern})${sign}`, 'gi');
const objectProperty = new RegExp(`(?<![\\w-])(?<name>${objectPropertyPattern})${sign}`, 'gi');

/** `password=on` only switches one on. */
const switches = /^(?:on|off|yes|no|true|false|null)$/;

function* namedParts(text: string): Generator<SecretPart> {
  yield* valuesOf(text, named, (name) => secretName(name)?.what);
}

/** `data=…` is a secret of a secret object. */
function* objectParts(text: string): Generator<SecretPart> {
  if (!/(?:^|[\s,=:"'])secret(?:_keyring)?(?:[\s,"'\\]|$)/.test(text)) return;
  yield* valuesOf(text, objectProperty, (name) => secretName(name, 'secret object')?.what);
}

function* valuesOf(
  text: string,
  pattern: RegExp,
  whatOf: (name: string) => string | undefined,
): Generator<SecretPart> {
  const quotes = new OpenQuotes(text);
  for (const match of text.matchAll(pattern)) {
    const { name = '', close, sign } = match.groups ?? {};
    const start = match.index + match[0].length;
    // A name without quotes may have a value with quotes.
    const value =
      close !== undefined
        ? quoted(text, start)
        : (stringAt(text, start) ??
          (sign === '=' ? optionAt(text, start, quotes) : wordAt(text, start, name)));
    if (value === undefined || value.start >= value.end) continue;
    if (switches.test(text.slice(value.start, value.end))) continue;
    const what = whatOf(name);
    if (what !== undefined) yield { ...value, what };
  }
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** The value of a name in quotes: a string or a number. */
function quoted(text: string, at: number): Range | undefined {
  const string = stringAt(text, at);
  if (string !== undefined) return string;
  const digits = /-?\d[\d.eE+-]{0,400}/y;
  digits.lastIndex = at;
  const number = digits.exec(text);
  return number === null ? undefined : { start: at, end: at + number[0].length };
}

/** The content of the string that begins here, whatever escapes its quotes have. */
function stringAt(text: string, at: number): Range | undefined {
  const opening = /(\\{0,127})(["'])/y;
  opening.lastIndex = at;
  const open = opening.exec(text);
  if (open === null) return undefined;
  const start = at + open[0].length;
  return { start, end: closingQuote(text, start, open[2] ?? '"', open[1]?.length ?? 0) };
}

/** The value of an option: `name=value`. */
function optionAt(text: string, at: number, quotes: OpenQuotes): Range {
  return { start: at, end: optionEnd(text, at, quotes.at(at)) };
}

/** The value after `name:`: a word, or, of a header, the rest of its line. */
function wordAt(text: string, at: number, name: string): Range {
  const isHeader = /cookie$|authorization$/i.test(name);
  return { start: at, end: wordEnd(text, at, isHeader ? /[\r\n]|(?<!\\)\\*"/g : /[\s,;]|(?<!\\)\\*"/g) };
}

function wordEnd(text: string, at: number, ends: RegExp): number {
  ends.lastIndex = at;
  return ends.exec(text)?.index ?? text.length;
}

/** Where an option's value ends: at a comma that is not doubled, at white space outside of quotes, at a closing quote. */
function optionEnd(text: string, from: number, inQuotes: boolean): number {
  const stops = /,|(?<!\\)\\*["']|\s/g;
  stops.lastIndex = from;
  for (let stop = stops.exec(text); stop !== null; stop = stops.exec(text)) {
    const [found] = stop;
    const next = text[stop.index + found.length] ?? '';
    if (found === ',') {
      if (next !== ',') return stop.index;
      stops.lastIndex += 1;
    } else if (/\s/.test(found)) {
      if (!inQuotes || /[\r\n]/.test(found)) return stop.index;
    } else if (/^[\s,;)\]}\\]?$/.test(next)) {
      return stop.index;
    }
  }
  return text.length;
}

/** `curl -u user:password` and the like. */
const userFlag = /(?<![\w-])(?:-u|--user|--proxy-user)[ =](?<quote>["']?)(?<user>[^\s:"'=]{1,200}:)/g;

const flag = new RegExp(`(?<![\\w-])--?(?!-|no-)[\\w-]{0,40}?(?:${anywherePattern})[ \\t]+(?!-)`, 'gi');

/** Whether a word is a flag whose next word is a secret: `--password`. */
export function isSecretFlag(word: string): boolean {
  return /^--?(?!-|no-)[\w-]+$/.test(word) && secretName(word) !== undefined;
}

function* flagParts(text: string): Generator<SecretPart> {
  for (const match of text.matchAll(flag)) {
    const at = match.index + match[0].length;
    const value = stringAt(text, at) ?? { start: at, end: wordEnd(text, at, /\s|(?<!\\)\\*["']/g) };
    if (value.start < value.end) yield { ...value, what: 'a password by its name' };
  }
  for (const match of text.matchAll(userFlag)) {
    const start = match.index + match[0].length;
    const isQuoted = match.groups?.['quote'] !== '';
    const end = wordEnd(text, start, isQuoted ? /(?<!\\)\\*["']/g : /\s|(?<!\\)\\*["']/g);
    if (start < end) yield { start, end, what: 'a password of a user' };
  }
}

/** A parameter in a URL's query; names may be percent-encoded. */
function* queryParts(text: string): Generator<SecretPart> {
  for (const match of text.matchAll(/[?&](?<name>[^=&\s#"'?]{1,200})=/g)) {
    const name = unpercent(match.groups?.['name'] ?? '');
    const row = secretName(name, 'query') ?? secretName(name);
    if (row === undefined) continue;
    const start = match.index + match[0].length;
    const end = wordEnd(text, start, /[&#\s]|(?<!\\)\\*["']|,(?=[\w.-]{1,64}=)/g);
    if (start < end) yield { start, end, what: row.what };
  }
}

function unpercent(text: string): string {
  return text.replace(/%[0-9a-f]{2}/gi, (escape) => String.fromCharCode(parseInt(escape.slice(1), 16)));
}

/** `user:password@` of a URL. */
function* userParts(text: string): Generator<SecretPart> {
  for (const match of text.matchAll(/[a-z0-9+.-]:(?:\\*\/){2}/gi)) {
    const start = match.index + match[0].length;
    // A password may hold an `@` that should have been escaped: the last one counts.
    const end = text.slice(start, wordEnd(text, start, /[\s/?#]|(?<!\\)\\*"|(?<!,),(?!,)/g)).lastIndexOf('@');
    const core = text.slice(start, start + end).replace(/^[^:%]*[:%]/, '');
    if (end > 0) yield { start, end: start + end, what: 'a user and password in a URL', core };
  }
}

/** Options behind the name of an image, separated by colons, `\:` being none. */
function* rbdParts(text: string): Generator<SecretPart> {
  for (const match of text.matchAll(/\brbd:[^\s"']*/g)) {
    for (const option of match[0].matchAll(/:(?<name>[\w-]{1,100})=(?<value>(?:\\.|,,|[^:\\,])+)/dg)) {
      const place = option.indices?.groups?.['value'];
      const row = secretName(option.groups?.['name'] ?? '', 'rbd');
      if (row === undefined || place === undefined) continue;
      yield { start: match.index + place[0], end: match.index + place[1], what: row.what };
    }
  }
}
