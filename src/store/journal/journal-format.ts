/**
 * How raw traffic lies in the journal while a recording is made: a header per segment, then records
 * of a fixed head and a payload, little-endian.
 *
 *     segment   0 magic (8)   8 recording (16)  24 number u32  28 length of the trouble u32  32 trouble
 *     record    0 mark u8     1 type u8         2 direction u8 3 zero     4 session u32
 *               8 time f64   16 length u32     20 descriptors u32        24 payload
 */
import type { Direction } from '../../recording/message.js';

/** In the order of their numbers in the file. */
export const recordTypes = ['open', 'chunk', 'inject', 'note', 'close', 'begin'] as const;
export type RecordType = (typeof recordTypes)[number];

export interface JournalRecord {
  readonly type: RecordType;
  readonly session: number;
  readonly dir: Direction;
  /** Nanoseconds, as the sink was given them. */
  readonly t: number;
  readonly fds: number;
  /** Of one that is read: a view that is valid until the next one is. */
  readonly payload: Uint8Array;
}

export interface SegmentHeader {
  /** The same random bytes as in the recording: a journal is never indexed into another one. */
  readonly recording: Uint8Array;
  readonly segment: number;
  /** Why the journal ends here, if it had to. */
  readonly trouble: string | undefined;
}

export const segmentHeaderLength = 512;
export const recordHeadLength = 24;
export const recordingIdLength = 16;

/** The digit is the journal's format. */
const magic = new TextEncoder().encode('QMPTAPJ1');
/** Not a byte that begins a record by chance: neither zero, as a torn tail has, nor JSON. */
const mark = 0xb7;
const troubleAt = 28;
const troubleRoom = segmentHeaderLength - troubleAt - 4;

export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const bytes = new Uint8Array(segmentHeaderLength);
  bytes.set(magic, 0);
  bytes.set(header.recording.subarray(0, recordingIdLength), 8);
  new DataView(bytes.buffer).setUint32(24, header.segment, true);
  if (header.trouble !== undefined) bytes.set(encodeTrouble(header.trouble).bytes, troubleAt);
  return bytes;
}

/**
 * The part of the header that tells why the journal had to end, and where it stands: room is kept for
 * it, since a full disk takes nothing more.
 */
export function encodeTrouble(trouble: string): { readonly bytes: Uint8Array; readonly at: number } {
  const bytes = new Uint8Array(4 + troubleRoom);
  const { written } = new TextEncoder().encodeInto(trouble, bytes.subarray(4));
  new DataView(bytes.buffer).setUint32(0, written, true);
  return { bytes: bytes.subarray(0, 4 + written), at: troubleAt };
}

/** Undefined if these bytes begin no segment of a journal that this qmptap knows. */
export function decodeSegmentHeader(bytes: Uint8Array): SegmentHeader | undefined {
  if (bytes.length < segmentHeaderLength || magic.some((byte, at) => bytes[at] !== byte)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = Math.min(view.getUint32(troubleAt, true), troubleRoom);
  const text = bytes.subarray(troubleAt + 4, troubleAt + 4 + length);
  return {
    recording: bytes.slice(8, 8 + recordingIdLength),
    segment: view.getUint32(24, true),
    trouble: length > 0 ? new TextDecoder().decode(text) : undefined,
  };
}

/** A number, or NaN where the time is unknown. */
function isTime(view: DataView, at: number): boolean {
  const t = view.getFloat64(at, true);
  return Number.isFinite(t) || (Number.isNaN(t) && view.getUint32(at, true) === 0);
}

/** Writes a record's head at `at`. */
export function encodeRecordHead(
  view: DataView,
  at: number,
  { type, session, dir, t, fds, payload }: JournalRecord,
): void {
  view.setUint8(at, mark);
  view.setUint8(at + 1, recordTypes.indexOf(type));
  view.setUint8(at + 2, dir === 'c2s' ? 0 : 1);
  view.setUint8(at + 3, 0);
  view.setUint32(at + 4, session, true);
  view.setFloat64(at + 8, t, true);
  view.setUint32(at + 16, payload.length, true);
  view.setUint32(at + 20, fds, true);
}

/** The payload's length, or undefined if no record's head is at `at`. */
export function recordLengthAt(view: DataView, at: number): number | undefined {
  const sound =
    view.getUint8(at) === mark &&
    view.getUint8(at + 1) < recordTypes.length &&
    view.getUint8(at + 2) <= 1 &&
    view.getUint8(at + 3) === 0 &&
    isTime(view, at + 8);
  return sound ? view.getUint32(at + 16, true) : undefined;
}

/** Decodes the record whose head is at `at` and whose payload is all there. */
export function decodeRecord(bytes: Uint8Array, view: DataView, at: number): JournalRecord {
  const start = at + recordHeadLength;
  return {
    type: recordTypes[view.getUint8(at + 1)] ?? 'chunk',
    session: view.getUint32(at + 4, true),
    dir: view.getUint8(at + 2) === 0 ? 'c2s' : 's2c',
    t: view.getFloat64(at + 8, true),
    fds: view.getUint32(at + 20, true),
    payload: bytes.subarray(start, start + view.getUint32(at + 16, true)),
  };
}
