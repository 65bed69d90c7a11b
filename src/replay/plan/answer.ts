/**
 * Makes a recorded response answer another command: its id is replaced by the one that came in, and all other bytes
 * stay as they were recorded.
 */
import { parseJson } from '../../json/parse.js';
import { printQmp } from '../../json/print.js';
import { type MemberExtent, scanMembers } from '../../json/scan.js';
import { idKey } from '../../qmp/id.js';
import { plainIdText } from './spelling.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A range of bytes, and the text that replaces it. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The id of a client's message as JSON text that can be put into a response; undefined where it has none. */
export function idOf(frame: Uint8Array): string | undefined {
  const extent = member(scanMembers(frame), 'id');
  return extent && wireValue(frame, extent);
}

/** The value that a `guest-sync` or `guest-sync-delimited` asks to have back, as JSON text. */
export function syncValueOf(frame: Uint8Array): string | undefined {
  const given = member(scanMembers(frame), 'arguments');
  if (given === undefined) return undefined;
  const inner = frame.subarray(given.start, given.end);
  const extent = member(scanMembers(inner), 'id');
  return extent && wireValue(inner, extent);
}

/**
 * A response's bytes with another id: any JSON value, or none at all.
 * @param recordedId the id's text, if known: it saves looking through a response of 200 kB
 */
export function withId(response: Uint8Array, id: string | undefined, recordedId?: string): Uint8Array {
  const last = recordedId === undefined ? undefined : lastMember(response, recordedId);
  if (last !== undefined && id !== undefined) return splice(response, { ...last, text: id });
  const members = scanMembers(response);
  if (members === undefined) return response;
  const place = members.findIndex(({ key }) => key === 'id');
  const extent = members[place];
  if (extent === undefined)
    return id === undefined ? response : splice(response, added(response, members, id));
  if (id === undefined) return splice(response, removed(response, members, place));
  const recorded = decoder.decode(response.subarray(extent.start, extent.end));
  if (recorded === id || idKey(recorded) === idKey(id)) return response;
  return splice(response, { start: extent.start, end: extent.end, text: id });
}

const idMember = encoder.encode(', "id": ');

/** What needs no escapes, so that its text is its bytes. */
const plainId = /^(?:"[ !#-[\]-~]*"|\d+)$/;

/**
 * Where the id lies if it is the last member, as in QEMU's success responses. The one brace behind it
 * tells that it belongs to the response itself.
 */
function lastMember(
  response: Uint8Array,
  id: string,
): { readonly start: number; readonly end: number } | undefined {
  let brace = response.length - 1;
  while (response[brace] === 0x0a || response[brace] === 0x0d) brace -= 1;
  const start = brace - id.length;
  const member = start - idMember.length;
  if (response[brace] !== 0x7d || member < 1 || !plainId.test(id)) return undefined;
  for (let at = 0; at < idMember.length; at++) if (response[member + at] !== idMember[at]) return undefined;
  for (let at = 0; at < id.length; at++) if (response[start + at] !== id.charCodeAt(at)) return undefined;
  return { start, end: brace };
}

/** A response's bytes with another `return` value. */
export function withReturn(response: Uint8Array, value: string): Uint8Array {
  const extent = member(scanMembers(response), 'return');
  return extent ? splice(response, { start: extent.start, end: extent.end, text: value }) : response;
}

/** QEMU prints an id back in its own way, on one line; what the client wrote may have single quotes. */
function wireValue(frame: Uint8Array, extent: MemberExtent): string | undefined {
  const plain = plainIdText(frame, extent);
  if (plain !== undefined) return plain;
  const { start, end } = extent;
  try {
    return printQmp(parseJson(frame.subarray(start, end)));
  } catch {
    return undefined;
  }
}

function member(members: readonly MemberExtent[] | undefined, name: string): MemberExtent | undefined {
  return members?.find(({ key }) => key === name);
}

/** As the last member, where QEMU puts it after `return`. */
function added(response: Uint8Array, members: readonly MemberExtent[], id: string): Edit {
  const last = members.at(-1);
  const at = last?.end ?? response.indexOf(0x7b) + 1;
  return { start: at, end: at, text: `${last ? ', ' : ''}"id": ${id}` };
}

/** With the comma before or after it. */
function removed(response: Uint8Array, members: readonly MemberExtent[], place: number): Edit {
  const [before, one, after] = [members[place - 1], members[place], members[place + 1]];
  const start = before?.end ?? response.indexOf(0x7b) + 1;
  let end = one?.end ?? start;
  if (before === undefined && after !== undefined) {
    end = response.indexOf(0x2c, end) + 1;
    while (response[end] === 0x20) end += 1;
  }
  return { start, end, text: '' };
}

function splice(bytes: Uint8Array, { start, end, text }: Edit): Uint8Array {
  const middle = encoder.encode(text);
  const result = new Uint8Array(bytes.length - (end - start) + middle.length);
  result.set(bytes.subarray(0, start));
  result.set(middle, start);
  result.set(bytes.subarray(end), start + middle.length);
  return result;
}
