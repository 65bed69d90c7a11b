/**
 * Frames as text, and text as frames. A binary string has one character for each byte, so it can be cut
 * and searched like text and loses nothing; logs are read as such.
 */
import { frameProblem } from '../json/parse.js';
import { safeLine } from './plain-text.js';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** The text, or undefined where the bytes are not UTF-8. */
export function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Without the white space around the value. */
export function trimmed(raw: Uint8Array): Uint8Array {
  let start = 0;
  let end = raw.length;
  while (start < end && isBlank(raw[start])) start += 1;
  while (end > start && isBlank(raw[end - 1])) end -= 1;
  return raw.subarray(start, end);
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** A frame for a text file: bytes that are not UTF-8 as `\xff`, control characters escaped, line breaks kept. */
export function frameLines(raw: Uint8Array): readonly string[] {
  const bytes = trimmed(raw);
  const text = utf8Text(bytes) ?? Array.from(bytes, byteText).join('');
  return text.split(/\r?\n/).map(safeLine);
}

function byteText(byte: number): string {
  return byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`;
}

/** A binary string's bytes. */
export function binaryBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/**
 * The bytes of a message found in a log. QMP is UTF-8; where it is not, the log's writer or reader
 * took it for Latin-1, and that is undone.
 */
export function messageBytes(text: string): Uint8Array {
  if (!/[^\x00-\x7f]/.test(text)) return encoder.encode(text);
  if (/[^\x00-\xff]/.test(text)) return encoder.encode(text);
  const bytes = binaryBytes(text);
  return utf8Text(bytes) === undefined ? encoder.encode(text) : bytes;
}

/** A binary string as the text that it spells in UTF-8, else as it is. */
export function binaryText(text: string): string {
  return /[^\x00-\x7f]/.test(text) ? (utf8Text(binaryBytes(text)) ?? text) : text;
}

/** Whether bytes are one whole JSON value, as either peer may print it. */
export function isWhole(bytes: Uint8Array): boolean {
  return frameProblem(bytes, { nonFinite: true }) === undefined;
}
