/** Text for people, safe on a terminal: escaped wire text, times, durations, and one row per message. */
import type { Message } from '../recording/message.js';
import type { Session } from '../recording/session.js';

const decoder = new TextDecoder();

/**
 * What must not reach a terminal as it is: control and format characters (those that turn the direction
 * of text among them), line separators, marks that join the character before, spaces that do not look
 * like one, what is not assigned, and what is beyond the BMP, which terminals measure differently.
 * QEMU's own output is ASCII, so little is lost.
 */
const unsafe = /[\p{C}\p{M}\p{Zl}\p{Zp}\ufffd\u115f\u1160\u3164\uffa0\u{10000}-\u{10ffff}]|(?! )\p{Zs}/gu;

/** Nearly all text is; looked at first, since Unicode's properties take longer. */
const plain = /^[ -~]*$/;

/** Text as it may be written to a terminal or a log; what is unsafe appears as `\n`, `\u001b` and so on. */
export function escapeText(text: string): string {
  return plain.test(text) ? text : text.replace(unsafe, escapeCharacter);
}

function escapeCharacter(character: string): string {
  switch (character) {
    case '\n':
      return '\\n';
    case '\r':
      return '\\r';
    case '\t':
      return '\\t';
    default:
      return Array.from({ length: character.length }, (_, at) => escapeUnit(character.charCodeAt(at))).join(
        '',
      );
  }
}

function escapeUnit(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}

/**
 * A frame's text without the white space around it, escaped; at most `limit` bytes of it are looked at.
 * Bytes that are not UTF-8 appear as `\xff`.
 */
export function frameText(raw: Uint8Array, limit = Infinity): string {
  let start = 0;
  let end = raw.length;
  while (start < end && isBlank(raw[start])) start += 1;
  while (end > start && isBlank(raw[end - 1])) end -= 1;
  const cut = raw.subarray(start, end - start > limit ? wholeCharacters(raw, start + limit) : end);
  const text = decoder.decode(cut);
  if (!text.includes('\ufffd')) return escapeText(text);
  let out = '';
  for (const byte of cut) {
    out += byte < 0x80 ? escapeText(String.fromCharCode(byte)) : `\\x${byte.toString(16)}`;
  }
  return out;
}

/** The end of the last character that is whole before `end`: half of one would make all of the text no UTF-8. */
function wholeCharacters(raw: Uint8Array, end: number): number {
  let whole = end;
  while (end - whole < 3 && ((raw[whole] ?? 0) & 0xc0) === 0x80) whole -= 1;
  return whole;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** `1.234567`: seconds to the microsecond. */
export function formatSeconds(ns: number): string {
  return (ns / 1e9).toFixed(6);
}

/** `430us`, `1.2ms`, `15.0s`, `2m03s`, `1h04m`: as short as it tells. */
export function formatDuration(ns: number): string {
  if (ns < 999_500) return `${Math.round(ns / 1000)}us`;
  if (ns < 9.995e6) return `${(ns / 1e6).toFixed(1)}ms`;
  if (ns < 999.5e6) return `${Math.round(ns / 1e6)}ms`;
  if (ns < 59.95e9) return `${(ns / 1e9).toFixed(1)}s`;
  const seconds = Math.round(ns / 1e9);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${pad(seconds % 60)}s`;
  return `${Math.floor(seconds / 3600)}h${pad(Math.floor((seconds % 3600) / 60))}m`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

/** `512 B`, `3.4 kB`, `12 MB`: powers of 1000. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  for (const [unit, size] of [
    ['kB', 1e3],
    ['MB', 1e6],
    ['GB', 1e9],
  ] as const) {
    if (bytes < size * 999.5) return `${(bytes / size).toFixed(bytes < size * 9.95 ? 1 : 0)} ${unit}`;
  }
  return `${(bytes / 1e12).toFixed(1)} TB`;
}

/** `1 session`, `2 sessions`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** The parts of a message's row. All are escaped. */
export interface MessageRow {
  readonly seq: string;
  readonly time: string;
  readonly arrow: '->' | '<-';
  readonly kind: Message['kind'];
  /** Of a response: since its command. */
  readonly latency: string;
  /** What it is, where the text does not say so: `answers #12 query-status`, `2 fds`, `stray '@'`. */
  readonly remark: string;
  readonly text: string;
}

/** The row of a message. At most `limit` bytes of the frame are shown. */
export function messageRow(message: Message, limit = Infinity): MessageRow {
  return {
    seq: String(message.seq),
    time: message.untimed === true ? '?' : formatSeconds(message.t),
    arrow: message.dir === 'c2s' ? '->' : '<-',
    kind: message.kind,
    latency:
      message.latency === undefined
        ? message.replyTo === undefined
          ? ''
          : '?'
        : formatDuration(message.latency),
    remark: remarks(message).join(', '),
    text: frameText(message.raw, limit),
  };
}

/** What else there is to say of a message, in words; escaped. */
export function remarks(message: Message): string[] {
  const said: string[] = [];
  if (message.kind === 'partial') said.push('cut off');
  if (message.problem !== undefined) said.push(message.problem);
  if (message.late) said.push(`late answer to session ${message.late.session} #${message.late.seq}`);
  if (message.injected) said.push('injected');
  if (message.fds > 0) said.push(message.fds === 1 ? '1 descriptor' : `${message.fds} descriptors`);
  return said.map(escapeText);
}

/** Whose session it is, in a word: its label, else the file that it is in, where there are several; not escaped. */
export function sessionName({ label, origin }: Session): string | undefined {
  return label ?? origin?.file.replace(/^.*\//, '').replace(/\.qmptap$/, '');
}

/** `QEMU 7.2.22 (Debian 1:7.2+dfsg-7)`, `guest agent`, `QMP server`; escaped. */
export function serverName(session: Session): string {
  if (session.dialect === 'qga') return 'guest agent';
  if (session.version?.qemu === undefined) return 'QMP server';
  const { qemu, package: made } = session.version;
  return escapeText(made === undefined || made === '' ? `QEMU ${qemu}` : `QEMU ${qemu} (${made.trim()})`);
}

/** `unix:/run/q.sock (libvirtd, pid 812)`; escaped. */
export function peerName(peer: Session['client']): string {
  const owner =
    peer.pid === undefined
      ? ''
      : ` (${peer.program === undefined ? '' : `${peer.program}, `}pid ${peer.pid})`;
  return escapeText(peer.address + owner);
}
