/**
 * The spelling of a command: its bytes without the white space around them and without its id. Clients that say the
 * same mostly spell it the same, and that is seen without reading what they say.
 */
import { type MemberExtent, scanMembers } from '../../json/scan.js';

const latin1 = new TextDecoder('latin1');

/** Ids are short strings and numbers but for tests. */
const maximumPlainId = 200;

/** Longer frames are parsed to be compared. */
const maximumSpelling = 2048;

/** Where a value lies. */
type Extent = Pick<MemberExtent, 'start' | 'end'>;

/** The text of an id that is a string without escapes or an integer: QEMU prints it the same way. */
export function plainIdText(frame: Uint8Array, { start, end }: Extent): string | undefined {
  if (end - start > maximumPlainId) return undefined;
  const quoted = frame[start] === 0x22;
  const last = quoted ? end - 1 : end;
  for (let at = quoted ? start + 1 : start; at < last; at++) {
    const byte = frame[at] ?? 0;
    if (quoted ? byte < 0x20 || byte > 0x7e || byte === 0x22 || byte === 0x5c : byte < 0x30 || byte > 0x39) {
      return undefined;
    }
  }
  return latin1.decode(frame.subarray(start, end));
}

/**
 * Whether two frames are spelled alike. If one of them is well-formed then so is the other, and they are
 * the same command: an id that is plain makes no difference.
 */
export function spelledAlike(left: Uint8Array, right: Uint8Array): boolean {
  const [a, b] = [trimmed(left), trimmed(right)];
  if (equalBytes(a, b)) return true;
  const [idA, idB] = [idExtent(a), idExtent(b)];
  return (
    idA !== undefined &&
    idB !== undefined &&
    equalBytes(a.subarray(0, idA.start), b.subarray(0, idB.start)) &&
    equalBytes(a.subarray(idA.end), b.subarray(idB.end)) &&
    plainIdText(a, idA) !== undefined &&
    plainIdText(b, idB) !== undefined
  );
}

/** A key of the spelling; undefined where the frame is long or its id is not plain. */
export function spellingOf(bytes: Uint8Array): string | undefined {
  const frame = trimmed(bytes);
  if (frame.length > maximumSpelling) return undefined;
  const id = idExtent(frame);
  if (id === undefined) return latin1.decode(frame);
  if (plainIdText(frame, id) === undefined) return undefined;
  // No well-formed frame has a NUL, so no other frame gives this text.
  return `${latin1.decode(frame.subarray(0, id.start))}\0${latin1.decode(frame.subarray(id.end))}`;
}

/** Without the white space around. */
export function trimmed(bytes: Uint8Array): Uint8Array {
  let [start, end] = [0, bytes.length];
  while (start < end && isBlank(bytes[start])) start += 1;
  while (end > start && isBlank(bytes[end - 1])) end -= 1;
  return bytes.subarray(start, end);
}

function idExtent(frame: Uint8Array): Extent | undefined {
  return scanMembers(frame)?.find(({ key }) => key === 'id');
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}
