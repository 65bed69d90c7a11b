/**
 * One JSON object a line: what `show --json` prints. Lossless: `raw` holds a frame's exact bytes, and ids
 * keep every digit. ASCII only, so that a line is safe on any terminal.
 */
import type { Mark } from '../../recording/marks.js';
import type { Message } from '../../recording/message.js';
import type { RecordingInfo } from '../../recording/ports.js';
import type { Session } from '../../recording/session.js';
import { isoTime } from '../../text/time.js';

/** The first line; of several recordings read as one, a line for each. */
export function recordingLines(info: RecordingInfo): string {
  if (info.parts === undefined) return recordingLine(info);
  return info.parts.map((part) => recordingLine(part, part.path)).join('');
}

/** The line of one recording; `file` is told where there are several. */
export function recordingLine(info: RecordingInfo, file?: string): string {
  return line({
    type: 'recording',
    file,
    format: info.format,
    createdBy: info.createdBy,
    created: isoTime(info.created),
    live: info.live,
    incomplete: info.incomplete,
  });
}

/** The line before a session's messages. What a running session does not know yet is absent. */
export function sessionLine(session: Session): string {
  return line({
    type: 'session',
    session: session.id,
    file: session.origin?.file,
    sessionInFile: session.origin?.session,
    label: session.label,
    dialect: session.dialect,
    client: session.client,
    server: session.server,
    qemu: session.version?.qemu,
    package: session.version?.package,
    capabilities: session.version?.capabilities,
    started: isoTime(session.started),
    ended: session.ended === undefined ? undefined : isoTime(session.started + session.ended / 1000),
    duration: session.ended === undefined ? undefined : seconds(session.ended),
    end: session.end,
    endReason: session.endReason,
    notes: session.notes.length > 0 ? session.notes : undefined,
    messages: session.messages,
    bytes: session.bytes,
  });
}

/**
 * A message's line; `started` is its session's beginning, microseconds since 1970, and `file` the recording that it
 * is in, told where there are several.
 */
export function messageLine(message: Message, started: number, file?: string): string {
  const raw = utf8(message.raw);
  const head = ascii(
    JSON.stringify({
      type: 'message',
      session: message.session,
      file,
      seq: message.seq,
      dir: message.dir,
      t: seconds(message.t),
      time: message.untimed === true ? undefined : isoTime(started + message.t / 1000),
      untimed: message.untimed,
      kind: message.kind,
      name: message.name,
    }),
  );
  const tail = ascii(
    JSON.stringify({
      replyTo: message.replyTo,
      command: message.command,
      latencyUs: message.latency === undefined ? undefined : Math.round(message.latency / 1000),
      oob: message.oob ? true : undefined,
      late: message.late,
      problem: message.problem,
      injected: message.injected ? true : undefined,
      fds: message.fds,
      raw,
      rawBase64: raw === undefined ? base64(message.raw) : undefined,
    }),
  );
  // The id is spliced in as text, because a number in it may have more digits than a double holds.
  const id = message.id === undefined ? '' : `"id":${idJson(message.id)},`;
  return `${head.slice(0, -1)},${id}${tail.slice(1)}\n`;
}

/** The line of a mark, under that of its message. Without a note it is only a mark. */
export function markLine({ session, seq, note }: Mark): string {
  return line({ type: 'mark', session, seq, note });
}

function line(value: object): string {
  return `${ascii(JSON.stringify(value))}\n`;
}

function seconds(ns: number): number {
  return Math.round(ns / 1000) / 1e6;
}

function ascii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** An id that is not JSON (`inf`, or cut short) becomes a string. */
function idJson(text: string): string {
  try {
    JSON.parse(text);
    return ascii(text.replace(/[\r\n]/g, ' '));
  } catch {
    return ascii(JSON.stringify(text));
  }
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function base64(bytes: Uint8Array): string {
  let latin1 = '';
  // In steps: the number of arguments of a call is limited.
  for (let at = 0; at < bytes.length; at += 8192)
    latin1 += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(latin1);
}
