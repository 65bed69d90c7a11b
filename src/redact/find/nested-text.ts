/**
 * Takes the secrets out of a text that may hold JSON, whose strings may hold texts with JSON in them, and so on:
 * `json:{"file": {"filename": "json:{…}"}}`, in lists of options with its commas doubled, in quotes with its
 * quotes escaped.
 */
import { scanValues } from '../../json/extents.js';
import { frameProblem } from '../../json/parse.js';
import { printQmp } from '../../json/print.js';
import { type Hide, replaceParts } from './found-secret.js';
import { JsonSecrets } from './json-secrets.js';
import { closesString, quoteLevel } from './quotes.js';
import { secretHint } from './secret-names.js';
import { secretParts } from './secret-text.js';

/** JSON in JSON beyond this depth is only searched as text. */
const maximumDepth = 6;

/** Brackets that begin no JSON are tried so often in each text. */
const maximumAttempts = 8;

/** The text without its secrets. */
export function hideInText(text: string, hide: Hide, depth = 0): string {
  if (!secretHint.test(text)) return text;
  const outer = depth < maximumDepth ? hideInSpans(text, hide, depth) : text;
  return replaceParts(outer, secretParts(outer), hide);
}

/** The JSON text without its secrets; undefined if it is not JSON. Bytes of other values stay as they were. */
export function hideInJson(json: string, hide: Hide, depth = 0): string | undefined {
  if (/\p{Surrogate}/u.test(json)) return undefined;
  const bytes = new TextEncoder().encode(json);
  if (frameProblem(bytes, { nonFinite: true }) !== undefined) return undefined;
  const secrets = new JsonSecrets(bytes);
  let out = '';
  let last = 0;
  const decoder = new TextDecoder();
  const replace = (start: number, end: number, by: string): void => {
    out += decoder.decode(bytes.subarray(last, start)) + by;
    last = end;
  };
  scanValues(bytes, (steps, { start, end, text }) => {
    const what = secrets.what(steps, text);
    if (text === undefined) {
      const spelled = String.fromCharCode(...bytes.subarray(start, Math.min(end, start + 64)));
      if (what !== undefined && /^-?\d/.test(spelled))
        replace(start, end, jsonNumber(hide({ text: spelled, what, form: 'number' })));
      return;
    }
    if (text === '') return;
    const safe = what === undefined ? hideInText(text, hide, depth + 1) : hide({ text, what });
    if (safe !== text) replace(start, end, bytes[start] === 0x27 ? singleQuoted(safe) : printQmp(safe));
  });
  return last === 0 ? json : out + decoder.decode(bytes.subarray(last));
}

/** A number in the place of a number, where there is one. */
function jsonNumber(text: string): string {
  return /^-?\d+$/.test(text) ? text : printQmp(text);
}

function singleQuoted(text: string): string {
  const inner = printQmp(text).slice(1, -1);
  return `'${inner.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** Replaces the JSON values in a text by ones without secrets. */
function hideInSpans(text: string, hide: Hide, depth: number): string {
  let out = '';
  let at = 0;
  const brackets = /[{[](?=\s*(?:[{[]\s*){0,20}\\{0,127}["'])/g;
  for (let attempt = 0, open = brackets.exec(text); open !== null && attempt < maximumAttempts;) {
    const start = open.index;
    const end = closingBracket(text, start);
    const span = text.slice(start, end);
    const safe = hideInSpan(span, hide, depth);
    if (safe === undefined) {
      attempt += 1;
    } else {
      out += text.slice(at, start) + safe;
      at = end;
      brackets.lastIndex = end;
    }
    open = brackets.exec(text);
  }
  return out + text.slice(at);
}

/** The span in the spellings that it may have: its commas doubled, its quotes escaped, or both. */
function hideInSpan(span: string, hide: Hide, depth: number): string | undefined {
  const level = quoteLevel(/\\*(?=["'])/.exec(span)?.[0].length ?? 0);
  const plain = unescaped(span, level);
  for (const doubled of [false, true]) {
    const json = doubled ? plain.replaceAll(',,', ',') : plain;
    if (doubled && json === plain) break;
    const safe = hideInJson(json, hide, depth);
    if (safe === undefined) continue;
    if (safe === json) return span;
    return escaped(doubled ? safe.replaceAll(',', ',,') : safe, level);
  }
  return undefined;
}

function unescaped(text: string, level: number): string {
  let out = text;
  for (let n = 0; n < level; n++) out = out.replace(/\\(["'\\])/g, '$1');
  return out;
}

function escaped(text: string, level: number): string {
  let out = text;
  for (let n = 0; n < level; n++) out = out.replace(/["\\]/g, '\\$&');
  return out;
}

/** Where the bracket that opens here is closed, strings left out; the end of the text if it is not. */
function closingBracket(text: string, from: number): number {
  const tokens = /[{}[\]]|(?<!\\)(\\*)(["'])/g;
  tokens.lastIndex = from;
  let open = 0;
  let string: { readonly quote: string; readonly level: number } | undefined;
  for (let token = tokens.exec(text); token !== null; token = tokens.exec(text)) {
    const [found, { length } = '', quote] = token;
    if (quote !== undefined) {
      if (string === undefined) string = { quote, level: quoteLevel(length) };
      else if (string.quote === quote && closesString(length, string.level)) string = undefined;
    } else if (string === undefined) {
      open += found === '{' || found === '[' ? 1 : -1;
      if (open === 0) return token.index + 1;
    }
  }
  return text.length;
}
