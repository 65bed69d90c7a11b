/**
 * One row of a list of messages: what a message is and the telling part of what it says, without its
 * bytes, so that a window of rows weighs the same whatever the messages weigh.
 */
import type { Message } from '../../recording/message.js';
import { frameText, remarks } from '../format.js';
import { partsOf, skipBlank, typeAt, valueEnd } from '../tree/json-parts.js';

/** Text is escaped. What is not there is undefined. */
export interface ViewRow extends Omit<Message, 'raw' | 'name' | 'id' | 'problem' | 'command'> {
  /** The command's, the event's, or the name of the command that is answered. */
  readonly title: string;
  /** Arguments, the returned value, class and desc, the event's data. */
  readonly telling: string;
  readonly remark: string;
  /** Bytes of the frame. */
  readonly size: number;
  /** Of a command: that it was answered, and after how long (ns). */
  readonly answer: { readonly latency: number | undefined } | undefined;
}

/** More is never seen on one line. */
const tellingBytes = 400;

/** Makes the row of a message; `response` is its answer, if it is a command that has one. */
export function viewRow(message: Message, response: Message | undefined): ViewRow {
  const { raw, name, command, ...rest } = message;
  return {
    ...rest,
    title: frameText(encoder.encode((name ?? command ?? titles[message.kind]).slice(0, 100))),
    telling: telling(message),
    remark: remarks(message).join(', '),
    size: raw.length,
    answer: response && { latency: response.latency },
  };
}

const encoder = new TextEncoder();

const titles: Record<Message['kind'], string> = {
  greeting: 'greeting',
  command: '(no name)',
  success: '(no command)',
  error: '(no command)',
  event: '(no name)',
  sync: 'sync byte',
  malformed: 'malformed',
  partial: 'cut off',
};

/** The members whose values are worth a row, by kind. */
const tellingMember: Partial<Record<Message['kind'], string>> = {
  greeting: 'QMP',
  command: 'arguments',
  success: 'return',
  error: 'error',
  event: 'data',
};

function telling({ kind, raw }: Message): string {
  const wanted = tellingMember[kind];
  if (wanted === undefined) return frameText(raw, tellingBytes);
  const found = memberText(raw, wanted);
  if (kind !== 'error' || found === undefined) return found === undefined ? '' : found.text;
  const [kindOf, desc] = [
    memberText(raw.subarray(found.start), 'class'),
    memberText(raw.subarray(found.start), 'desc'),
  ];
  return `${unquoted(kindOf?.text ?? '')}: ${unquoted(desc?.text ?? '')}`;
}

/** A top-level member's text, at most `tellingBytes` of it. */
function memberText(bytes: Uint8Array, name: string): { text: string; start: number } | undefined {
  const begin = skipBlank(bytes, 0, bytes.length);
  if (typeAt(bytes, begin) !== 'object') return undefined;
  for (const { key, start } of partsOf(bytes, begin, bytes.length)) {
    if (key === undefined || !isName(bytes, key.start, key.end, name)) continue;
    let limit = Math.min(bytes.length, start + tellingBytes);
    while (limit < bytes.length && ((bytes[limit] ?? 0) & 0xc0) === 0x80) limit++; // no half character
    return { text: frameText(bytes.subarray(start, valueEnd(bytes, start, limit))), start };
  }
  return undefined;
}

function isName(bytes: Uint8Array, start: number, end: number, name: string): boolean {
  if (end - start !== name.length + 2) return false;
  for (let at = 0; at < name.length; at++) {
    if (bytes[start + 1 + at] !== name.charCodeAt(at)) return false;
  }
  return true;
}

function unquoted(text: string): string {
  return text.replace(/^(["'])([^]*)\1$/, '$2');
}
