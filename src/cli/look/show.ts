/**
 * Prints messages, once or as they come. Used by `show`, and by `record` for its live view, which is
 * why it reads the file like anybody else: whoever records is never slowed down by who watches.
 */
import { once } from 'node:events';
import { markLine, messageLine, recordingLines, sessionLine } from '../../formats/jsonl/jsonl.js';
import { parseFilter } from '../../inspect/filter/filter.js';
import { filterHints } from '../../inspect/filter/hints.js';
import { printFilter } from '../../inspect/filter/print.js';
import {
  escapeText,
  frameText,
  type MessageRow,
  messageRow,
  peerName,
  serverName,
  sessionName,
} from '../../inspect/format.js';
import { tryParse } from '../../json/parse.js';
import { printJson } from '../../json/print.js';
import { chosenSession } from '../../recording/chosen-session.js';
import type { Condition } from '../../recording/condition.js';
import type { Message } from '../../recording/message.js';
import type { MessageRange, RecordingReader } from '../../recording/ports.js';
import type { Session } from '../../recording/session.js';
import { isoTime } from '../../text/time.js';
import { openSource } from '../files/source.js';
import { timeOfDay } from '../../tui/clock.js';
import { recordedNames } from '../../tui/names.js';
import { bytesOfLine, cut } from '../output/cut.js';
import { Lines, say, type Style, styled, terminalWidth } from '../output/output.js';

export interface ShowOptions {
  readonly filter: string;
  readonly session: number | undefined;
  readonly follow: boolean;
  readonly format: 'text' | 'json' | 'raw' | 'pretty';
  /** Aborted: print what is there and end, though the recording may go on. */
  readonly until?: AbortSignal;
  /** Where it goes: resolves when more may come; false if nobody wants more. Standard output if not given. */
  readonly write?: (bytes: Uint8Array) => Promise<boolean>;
  /** How wide that is now; undefined where nothing is cut. That of standard output if not given. */
  readonly width?: () => number | undefined;
}

/** How long to wait before looking for more; a person does not notice, and it costs nothing. */
const pollMilliseconds = 50;

/**
 * Prints what the options select. Gives the exit code.
 * @throws RecordingError, UsageError for a filter that does not parse
 */
export async function show(paths: readonly string[], options: ShowOptions): Promise<number> {
  const where = options.filter === '' ? undefined : parseFilter(options.filter);
  using source = openSource(paths, { growing: options.follow ? 'ever' : undefined });
  const { reader } = source;
  const { session } = options;
  // Of a recording that grows it may still come.
  if (session !== undefined && !(options.follow && reader.info.live)) chosenSession(reader, session);
  const printer = printers[options.format](reader, options.width ?? terminalWidth);
  const print = options.write ?? toStandardOutput;
  const lines = new Lines();
  let range: MessageRange = { session, where };
  let found = false;
  for (;;) {
    const last = options.follow ? isOver(reader, options.until) : true;
    for (const message of reader.messages(range)) {
      range = { ...range, after: message.index };
      found = true;
      lines.add(printer.message(message));
      if (lines.full && !(await print(lines.take()))) return source.exitCode;
    }
    if (last) lines.add(printer.end());
    if (!(await print(lines.take()))) return source.exitCode;
    if (last) {
      // Whoever watches a recorder is told by it.
      if (!found && options.write === undefined) {
        say(nothingFound(reader.info.path, where));
        if (where !== undefined) hint(reader, where);
      }
      return source.exitCode;
    }
    await new Promise((resolve) => setTimeout(resolve, pollMilliseconds));
  }
}

/** An empty answer says that it is empty. */
function nothingFound(file: string, where: Condition | undefined): string {
  const what = where === undefined ? 'no messages to show' : `no message matches ${printFilter(where)}`;
  return `${escapeText(file)}: ${escapeText(what)}`;
}

/** What may be mistyped in a filter that found nothing. */
function hint(reader: RecordingReader, where: Condition): void {
  const sessions = new Map(reader.sessions().map((session) => [session.id, session]));
  for (const line of filterHints(where, recordedNames(reader, sessions))) say(escapeText(line));
}

/** At the pace of its reader, so that what waits for a pager does not fill the memory. */
async function toStandardOutput(bytes: Uint8Array): Promise<boolean> {
  if (bytes.length > 0 && !process.stdout.write(bytes)) await once(process.stdout, 'drain');
  return true;
}

/** Asked before the messages are read, so that none can come between the answer and the end. */
function isOver(reader: RecordingReader, until: AbortSignal | undefined): boolean {
  return until?.aborted === true || !reader.info.live;
}

interface Printer {
  message(message: Message): string | Uint8Array;
  /** What is left to say when all messages are printed. */
  end(): string;
}

/** What is printed of a message; of its session only what does not change is looked at. */
type Body = (message: Message, session: Session | undefined) => string;

type Width = NonNullable<ShowOptions['width']>;

const printers: Record<ShowOptions['format'], (reader: RecordingReader, width: Width) => Printer> = {
  text: (reader, width) => new SessionPrinter(reader, sessionHeading(width), textLine(width, headOf(reader))),
  pretty: (reader, width) => new SessionPrinter(reader, sessionHeading(width), prettyBlock(headOf(reader))),
  raw: () => ({ message: (message) => rawText(message.raw), end: () => '' }),
  json: (reader) => new SessionPrinter(reader, sessionLine, jsonLines(reader), recordingLines(reader.info)),
};

/** Puts a session's heading before its first message, or at the end if it has none. */
class SessionPrinter implements Printer {
  readonly #reader: RecordingReader;
  readonly #heading: (session: Session) => string;
  readonly #body: Body;
  readonly #known = new Map<number, Session>();
  #head: string;

  constructor(reader: RecordingReader, heading: (session: Session) => string, body: Body, head = '') {
    this.#reader = reader;
    this.#heading = heading;
    this.#body = body;
    this.#head = head;
  }

  message(message: Message): string {
    const known = this.#known.get(message.session);
    if (known !== undefined) return this.#body(message, known);
    const session = this.#reader.session(message.session);
    const head = this.#takeHead();
    return head + (session ? this.#announce(session) : '') + this.#body(message, session);
  }

  end(): string {
    const silent = this.#reader.sessions().filter((session) => session.messages === 0);
    return this.#takeHead() + silent.map((session) => this.#announce(session)).join('');
  }

  #announce(session: Session): string {
    this.#known.set(session.id, session);
    return this.#heading(session);
  }

  #takeHead(): string {
    const head = this.#head;
    this.#head = '';
    return head;
  }
}

/** A message's line, and under it that of its mark, as it is when printing begins. */
function jsonLines(reader: RecordingReader): Body {
  const kept = reader.marks?.() ?? [];
  const marks = new Map(kept.map((mark) => [`${mark.session} ${mark.seq}`, mark]));
  return (message, session) => {
    const mark = marks.get(`${message.session} ${message.seq}`);
    const text = messageLine(message, session?.started ?? 0, session?.origin?.file);
    return text + (mark === undefined ? '' : markLine(mark));
  };
}

function sessionHeading(width: Width): (session: Session) => string {
  return (session) => {
    const parts = [
      `session ${session.id}`,
      ...(session.origin === undefined
        ? []
        : [`${escapeText(session.origin.file)} session ${session.origin.session}`]),
      ...(session.label === undefined ? [] : [escapeText(session.label)]),
      serverName(session),
      `${peerName(session.client)} -> ${peerName(session.server)}`,
      isoTime(session.started),
    ];
    return `${styled('bold', cut(`# ${parts.join(' · ')}`, width()))}\n`;
  };
}

const styles: Record<Message['kind'], Style> = {
  greeting: 'dim',
  command: 'cyan',
  success: 'green',
  error: 'red',
  event: 'yellow',
  sync: 'magenta',
  malformed: 'magenta',
  partial: 'magenta',
};

/** What stands before a message's text: its number and its time, and where several recordings are merged, whose. */
type Head = (row: MessageRow, message: Message, session: Session | undefined) => string;

function headOf(reader: RecordingReader): Head {
  if (reader.info.parts === undefined) return ({ seq, time }) => `${seq.padStart(6)} ${time.padStart(11)}`;
  let width = 4;
  return ({ seq }, { t, untimed, session: id }, session) => {
    const name = cut(escapeText((session && sessionName(session)) ?? ''), longestName);
    width = Math.max(width, name.length);
    const time = untimed === true || session === undefined ? '?' : timeOfDay(session.started + t / 1000);
    return `${name.padEnd(width)} ${String(id).padStart(3)} ${seq.padStart(6)} ${time.padStart(12)}`;
  };
}

/** More of a name leaves no room for the message. */
const longestName = 24;

function textLine(width: Width, headOf: Head): Body {
  return (message, session) => {
    const columns = width();
    // A terminal shows a few hundred bytes of a message that may have megabytes.
    const row = messageRow(message, bytesOfLine(columns));
    const remark = row.remark === '' ? '' : `[${row.remark}] `;
    const head = `${headOf(row, message, session)} ${row.arrow} ${row.latency.padStart(6)} `;
    const text = cut(`${head}${remark}${row.text}`, columns);
    const known = Math.min(head.length, text.length);
    return `${text.slice(0, known)}${styled(styles[message.kind], text.slice(known))}\n`;
  };
}

function prettyBlock(headOf: Head): Body {
  return (message, session) => {
    const row = messageRow(message, 0);
    const remark = row.remark === '' ? '' : ` [${row.remark}]`;
    const head = `${headOf(row, message, session)} ${row.arrow} ${row.latency}${remark}`;
    return `${styled('dim', head)}\n${styled(styles[message.kind], indented(message))}\n`;
  };
}

function indented(message: Message): string {
  const value = tryParse(message.raw);
  if (value === undefined) return frameText(message.raw);
  return printJson(value, { indent: 2 }).split('\n').map(escapeText).join('\n');
}

function rawText(raw: Uint8Array): Uint8Array | string {
  return process.stdout.isTTY ? `${frameText(raw)}\n` : raw;
}
