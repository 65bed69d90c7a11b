/** Standard output and standard error: what colour, how wide, and how an error ends the program. */
import { isatty } from 'node:tty';
import { styleText } from 'node:util';
import { QmptapError, UsageError } from '../../errors.js';
import { caretLines } from '../../text/caret.js';
import { escapeText } from '../../inspect/format.js';
import { writeDiagnostics } from './diagnostics.js';
import { forTerminal, unicodeEscape } from './sanitise.js';

export type Style = Parameters<typeof styleText>[0];

/** Whether colour is wanted on standard output (1) or error (2): a terminal that has it, and no `NO_COLOR` (no-color.org). */
export function wantsColour(standard: 1 | 2): boolean {
  // Asked of the descriptor: the streams of a thread are never terminals.
  return isatty(standard) && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb';
}

const colour = wantsColour(1);

/** Text in a style, where colour is wanted. */
export function styled(style: Style, text: string): string {
  return colour ? styleText(style, text, { validateStream: false }) : text;
}

/** What a terminal has that does not say it: a serial line, or one that a program made and gave no size. */
const usualWidth = 80;

/** Columns of the terminal; undefined where output goes elsewhere. Not known in a thread. */
export function terminalWidth(): number | undefined {
  return process.stdout.isTTY ? process.stdout.columns || usualWidth : undefined;
}

/** Gathers many small writes into few; on Linux writes to files, pipes and terminals are synchronous. */
export class Lines {
  #parts: (string | Uint8Array)[] = [];
  #length = 0;

  write(text: string | Uint8Array): void {
    this.add(text);
    if (this.full) this.flush();
  }

  flush(): void {
    const bytes = this.take();
    if (bytes.length > 0) process.stdout.write(bytes);
  }

  /** Only gathers, for who writes what `take` gives when it is `full`. */
  add(text: string | Uint8Array): void {
    this.#parts.push(text);
    this.#length += text.length;
  }

  get full(): boolean {
    return this.#length > 65_536;
  }

  take(): Uint8Array {
    const terminal = isatty(1);
    const parts = this.#parts.map((part) =>
      typeof part === 'string' ? Buffer.from(terminal ? forTerminal(part) : part) : part,
    );
    this.#parts = [];
    this.#length = 0;
    return Buffer.concat(parts);
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

/** A line on standard error that is no error: `qmptap: …`. Escaped: there may be a file's name in it. */
export function say(text: string): void {
  writeDiagnostics(`qmptap: ${escapeText(text)}\n`);
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
