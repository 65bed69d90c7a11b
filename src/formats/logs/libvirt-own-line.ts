/**
 * The lines of libvirt's own log, `2026-11-20 09:11:32.952+0000: 7288: info : qemuMonitorSend:861 : text`
 * (`virLogFormatString`), taken apart without a pattern: of a debug log of gigabytes most are about something else.
 */
import type { LogRecord } from './libvirt-record.js';

/** `2026-11-20 09:11:32.952+0000`. */
export const timeLength = 28;

/** Those that matter are told apart. */
const levels = ['debug', 'info', 'warning', 'error'];

/** Undefined for a line that does not begin as libvirt's do. */
export function ownLine(line: string): Pick<LogRecord, 'text' | 'thread' | 'place' | 'level'> | undefined {
  if (line.length < timeLength + 8 || !isTime(line)) return undefined;
  const thread = line.indexOf(': ', timeLength + 2);
  if (thread < 0 || thread > timeLength + 24 || !isNumber(line, timeLength + 2, thread)) return undefined;
  const level = line.indexOf(' : ', thread + 2);
  if (level < 0 || level > thread + 10) return undefined;
  const start = level + 3;
  const place = line.indexOf(' : ', start);
  const colon = place < 0 ? -1 : line.indexOf(':', start);
  const hasPlace =
    colon > start && colon < place && isNumber(line, colon + 1, place) && isName(line, start, colon);
  const end = line.endsWith('\r') ? line.length - 1 : line.length;
  return {
    text: line.slice(hasPlace ? place + 3 : start, end),
    thread: line.slice(timeLength + 2, thread),
    place: hasPlace ? line.slice(start, colon) : '',
    level: levels.find((name) => line.startsWith(name, thread + 2)) ?? '',
  };
}

/** `2026-11-20 09:11:32.952+0000: `, by what does not change. */
function isTime(line: string): boolean {
  const sign = line.charCodeAt(23);
  return (
    line.charCodeAt(4) === 0x2d &&
    line.charCodeAt(7) === 0x2d &&
    line.charCodeAt(10) === 0x20 &&
    line.charCodeAt(13) === 0x3a &&
    line.charCodeAt(19) === 0x2e &&
    (sign === 0x2b || sign === 0x2d) &&
    line.charCodeAt(28) === 0x3a &&
    line.charCodeAt(29) === 0x20
  );
}

function isNumber(line: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const unit = line.charCodeAt(at);
    if (unit < 0x30 || unit > 0x39) return false;
  }
  return to > from;
}

function isName(line: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const unit = line.charCodeAt(at) | 0x20;
    const isLetter = unit >= 0x61 && unit <= 0x7a;
    const isOther = line.charCodeAt(at) === 0x5f || (unit >= 0x30 && unit <= 0x39);
    if (!isLetter && !isOther) return false;
  }
  return true;
}
