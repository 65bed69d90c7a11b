/** Edits of a frame: some of its values are replaced, and every other byte stays as it came. */
import { type Extent, scanValues } from '../json/extents.js';
import type { Step } from '../json/path.js';

/** Bytes and what comes in their place. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A member that QAPI may have: a password can be `status`, and the protocol has to stay what it is. */
const qapiName = /^[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*$|^QMP$/;

/** The name of a command or an event, which is one of the protocol's. */
export function isMessageName(steps: readonly Step[]): boolean {
  return steps.length === 1 && (steps[0] === 'execute' || steps[0] === 'exec-oob' || steps[0] === 'event');
}

/**
 * The frame with some of its strings edited: members' names as well, unless QAPI could have given them. `steps`
 * is undefined for those.
 */
export function editStrings(
  raw: Uint8Array,
  edit: (text: string, extent: Extent, steps: readonly Step[] | undefined) => readonly Edit[],
): Uint8Array {
  const edits: Edit[] = [];
  scanValues(
    raw,
    (steps, value) => {
      if (value.text !== undefined) edits.push(...edit(value.text, value, steps));
    },
    (name) => {
      if (name.text !== undefined && !qapiName.test(name.text))
        edits.push(...edit(name.text, name, undefined));
    },
  );
  return edited(raw, edits);
}

/** The bytes after edits in ascending order; the same array if there are none. */
export function edited(raw: Uint8Array, edits: readonly Edit[]): Uint8Array {
  if (edits.length === 0) return raw;
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const { start, end, text } of edits) {
    pieces.push(raw.subarray(at, start), encoder.encode(text));
    at = end;
  }
  pieces.push(raw.subarray(at));
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let place = 0;
  for (const piece of pieces) {
    whole.set(piece, place);
    place += piece.length;
  }
  return whole;
}

const encoder = new TextEncoder();
