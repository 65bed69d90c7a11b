/**
 * What is typed at qmp-shell's prompt: `(QEMU) blockdev-add driver=qcow2 file.filename=a.qcow2`. A value is JSON, or
 * a word (`qmp_shell.py`, `_cli_expr` and `_build_cmd`).
 */
import { printQmp } from '../../json/print.js';
import { tryParse } from '../../json/parse.js';
import { isObject, type JsonValue } from '../../json/value.js';

const prompt = /^(?:\(QEMU\)|QEMU>>) ?(.*)$/;

/** Members of an argument that is being built. */
type Building = Map<string, JsonValue>;

/**
 * The command as JSON; empty for a prompt at which nothing was typed that goes to QEMU. Undefined for a line
 * without a prompt, or one that QEMU's monitor for people was asked at.
 */
export function shellCommand(line: string): string | undefined {
  const typed = prompt.exec(line)?.[1]?.trim();
  if (typed === undefined) return undefined;
  // The JSON itself comes at the prompt where it is an event, or with -v.
  if (typed.startsWith('{')) return undefined;
  const [name = '', ...words] = wordsOf(typed);
  if (!/^[\w-]+$/.test(name) || name === 'exit' || name === 'help') return '';
  const given: Building = new Map();
  for (const word of words) {
    const at = word.indexOf('=');
    if (at <= 0) return '';
    put(given, word.slice(0, at).split('.'), valueOf(word.slice(at + 1)));
  }
  const command = new Map<string, JsonValue>([['execute', name]]);
  if (given.size > 0) command.set('arguments', given);
  return printQmp(command);
}

/** Spaces part words, but in quotes and brackets. */
function wordsOf(text: string): readonly string[] {
  return text.match(/(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\{.*?\}|\[.*?\]|[^\s"'{[])+/g) ?? [];
}

function put(into: Building, path: readonly string[], value: JsonValue): void {
  const [key = '', ...rest] = path;
  if (rest.length === 0) {
    into.set(key, value);
    return;
  }
  const inner = into.get(key);
  const members: Building = new Map(isObject(inner) ? inner : []);
  put(members, rest, value);
  into.set(key, members);
}

function valueOf(text: string): JsonValue {
  const literal = text.toLowerCase();
  if (literal === 'true' || literal === 'false') return literal === 'true';
  if (/^[-\d[{"']/.test(text)) {
    const value = tryParse(text);
    if (value !== undefined) return value;
  }
  return text;
}
