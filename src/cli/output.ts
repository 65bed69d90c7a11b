/**
 * Standard output and standard error: what colour, how wide, and how an error ends the program.
 * Knows nothing of what is printed.
 */
import { styleText } from 'node:util';
import { QmptapError, UsageError } from '../errors.js';
import { asciiText, isAsciiOnly } from '../inspect/ascii.js';
import { caretLines } from '../inspect/caret.js';
import { escapeText } from '../inspect/format.js';

export type Style = Parameters<typeof styleText>[0];

/** Whether colour is wanted on standard output: a terminal, and no `NO_COLOR` (no-color.org). */
export const colour =
  process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb';

/** Text in a style, where colour is wanted. */
export function styled(style: Style, text: string): string {
  return colour ? styleText(style, text, { validateStream: false }) : text;
}

/** Columns of the terminal; undefined where output goes elsewhere. */
export function terminalWidth(): number | undefined {
  return process.stdout.isTTY ? process.stdout.columns : undefined;
}

/** Cuts a line of plain text to a width; the last column tells that something is missing. */
export function cut(text: string, width: number | undefined): string {
  if (width === undefined || text.length <= width) return text;
  return width < 1 ? '' : `${text.slice(0, width - 1)}…`;
}

/** Our own colours; and what a terminal might obey, which was escaped before, but for mistakes. */
const gated =
  /\u001b\[[\d;]*m|[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const isAscii = isAsciiOnly(process.env);

/** The last gate before a terminal: lines in which nothing but our colours is obeyed, in characters that it has. */
function forTerminal(text: string): string {
  const safe = text.replace(gated, (found) => (found.length > 1 ? found : escapeText(found)));
  return isAscii ? asciiText(safe, unicodeEscape) : safe;
}

function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Gathers many small writes into few; on Linux writes to files, pipes and terminals are synchronous. */
export class Lines {
  #parts: (string | Uint8Array)[] = [];
  #length = 0;

  write(text: string | Uint8Array): void {
    this.#parts.push(text);
    this.#length += text.length;
    if (this.#length > 65_536) this.flush();
  }

  flush(): void {
    if (this.#parts.length === 0) return;
    const { isTTY } = process.stdout;
    const bytes = (part: string | Uint8Array): Uint8Array =>
      typeof part === 'string' ? Buffer.from(isTTY ? forTerminal(part) : part) : part;
    process.stdout.write(Buffer.concat(this.#parts.map(bytes)));
    this.#parts = [];
    this.#length = 0;
  }
}

/** An object as a line of JSON in ASCII, which no terminal takes for anything else. */
export function jsonLine(value: object): string {
  return `${asciiJson(JSON.stringify(value))}\n`;
}

/** JSON in ASCII. */
export function asciiJson(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, unicodeEscape);
}

/** Text that waits until the terminal is free again. */
let held: string[] | undefined;
/** More lines than this nobody reads; the newest are kept. */
const mostHeld = 1_000;

/** Writes to standard error, or keeps it until whoever has the terminal has done with it. */
export function writeDiagnostics(text: string): void {
  const safe = process.stderr.isTTY ? forTerminal(text) : text;
  if (held === undefined || !process.stderr.isTTY) process.stderr.write(safe);
  else if (held.push(safe) > mostHeld) held.shift();
}

/** A line on standard error that is no error: `qmptap: …`. Escaped: there may be a file's name in it. */
export function say(text: string): void {
  writeDiagnostics(`qmptap: ${escapeText(text)}\n`);
}

/** Keeps lines back that would go over another program's screen; gives the way to let them out. */
export function holdLines(): () => void {
  held ??= [];
  return () => {
    const lines = held ?? [];
    held = undefined;
    process.stderr.write(lines.join(''));
  };
}

/** Tells the user in one line what went wrong, and gives the exit code. */
export function report(error: unknown, debug: boolean): number {
  if (!(error instanceof Error)) {
    say(String(error));
    return 1;
  }
  const known = error instanceof QmptapError;
  say(
    known
      ? error.message
      : `internal error: ${error.message}; please report this, with the output of --debug`,
  );
  const caret = error instanceof UsageError ? caretLines(error) : '';
  if (caret !== '') writeDiagnostics(`${caret}\n`);
  if (debug) writeDiagnostics(`${escapeLines(error.stack ?? '')}\n${causes(error)}`);
  return known ? error.exitCode : 1;
}

function causes(error: Error): string {
  if (!(error.cause instanceof Error)) return '';
  return `caused by ${escapeLines(error.cause.stack ?? '')}\n${causes(error.cause)}`;
}

/** Text of several lines, each escaped. */
export function escapeLines(text: string): string {
  return text.split('\n').map(escapeText).join('\n');
}
