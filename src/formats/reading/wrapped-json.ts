/**
 * Log lines inside JSON, as journald, Docker, KubeVirt and others write them: a text under a known member, its time
 * and its writer beside it.
 */
import type { Clock } from './clock.js';
import { valueEnd } from './json-text.js';

/** What a wrapper says of the text in it. */
export interface Wrapped {
  /** A binary string; it may have line feeds, and be wrapped itself. */
  readonly text: string;
  readonly micros?: number | undefined;
  readonly source?: string;
  readonly thread?: string;
  readonly place?: string;
  readonly level?: string;
  /** A part of a line, whose rest comes in the next entry (Docker, CRI). */
  readonly isPart?: boolean;
  /** The line's number in the file that it was copied from. */
  readonly numbered?: number | undefined;
}

const textKeys = ['MESSAGE', 'msg', 'message', 'log', 'line', '@message', 'textPayload', 'body'];
const timeKeys = [
  'timestamp',
  'time',
  '@timestamp',
  'ts',
  '_SOURCE_REALTIME_TIMESTAMP',
  '__REALTIME_TIMESTAMP',
];
const sourceKeys = ['_HOSTNAME', 'podName', 'pod', 'hostname', 'host', 'container_name'];
const threadKeys = ['thread', 'TID', '_TID'];
const placeKeys = ['pos', 'CODE_FUNC'];

const mayWrap = new RegExp(`"(?:${textKeys.join('|')})"\\s*:`);

/** The members of a QMP message: an object with one of them is no wrapper. */
const qmpKeys = ['execute', 'exec-oob', 'return', 'QMP', 'event'];

/** Takes an object at the beginning of a text for a wrapper; undefined if it is none. */
export function unwrapJson(text: string, clock: Clock): Wrapped | undefined {
  if (!mayWrap.test(text)) return undefined;
  const end = valueEnd(text, 0);
  const object = end === undefined ? undefined : parsed(text.slice(0, end));
  return object === undefined ? undefined : ofFields(object, clock);
}

/** The same of fields that were found otherwise, in journald's export format for example. */
export function ofFields(fields: Readonly<Record<string, unknown>>, clock: Clock): Wrapped | undefined {
  if (qmpKeys.some((key) => key in fields)) return undefined;
  const found = textKeys.map((key) => textOf(fields[key])).find((text) => text !== undefined);
  if (found === undefined) return undefined;
  const first = (keys: readonly string[]): string =>
    keys.map((key) => plain(fields[key])).find((value) => value !== '') ?? '';
  const isPart = 'log' in fields && 'stream' in fields && !found.endsWith('\n');
  return {
    text: found.replace(/\r?\n$/, ''),
    micros: timeKeys.map((key) => timeOf(key, fields[key], clock)).find((time) => time !== undefined),
    source: first(sourceKeys),
    thread: first(threadKeys),
    place: first(placeKeys).split(':')[0] ?? '',
    level: levelOf(plain(fields['level']) || plain(fields['PRIORITY'])),
    isPart,
  };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // not JSON as others write it, so not their wrapper
  }
}

/** journald gives the bytes of a text that has control characters. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.every((byte) => typeof byte === 'number')
    ? value.map((byte) => String.fromCharCode(byte & 0xff)).join('')
    : undefined;
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** Text, microseconds (journald), or seconds. */
function timeOf(key: string, value: unknown, clock: Clock): number | undefined {
  const text = plain(value);
  if (text === '') return undefined;
  if (key.endsWith('REALTIME_TIMESTAMP')) return /^\d{15,17}$/.test(text) ? Number(text) : undefined;
  if (/^1\d{9}(?:\.\d+)?$/.test(text)) return Math.round(Number(text) * 1e6);
  return clock.read(text);
}

/** By name, or by syslog's number. */
export function levelOf(text: string): string {
  if (/^(?:[0-3]|err(?:or)?|fatal|crit(?:ical)?)$/i.test(text)) return 'error';
  return /^(?:4|warn(?:ing)?)$/i.test(text) ? 'warning' : '';
}
