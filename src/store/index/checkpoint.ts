/**
 * What the indexer needs to go on from the beginning of a segment of the journal, as it lies in the table
 * `checkpoint`. Read with care: a file may be anybody's. Knows nothing of segments and rows.
 */
import { deserialize, serialize } from 'node:v8';
import type { TapState } from '../../proxy/tap.js';
import type { Connection } from '../disk/database.js';
import type { WriterState } from '../rows/writer.js';

/** What the table `checkpoint` holds. */
export interface Checkpoint {
  readonly tap: TapState;
  readonly writer: WriterState;
}

/** Far above all that is counted, and low enough that counting on from there is exact. */
const largestNumber = 2 ** 50;

export function saveCheckpoint(db: Connection, segment: number, state: Checkpoint): void {
  db.prepare('INSERT OR REPLACE INTO checkpoint (id, segment, state) VALUES (1, ?, ?)').run(
    segment,
    serialize(state),
  );
}

/**
 * From which segment of the journal to go on, and with what; the first one where nothing was stored.
 * @throws Error if it holds what is never stored. What is of another shape shows itself when it is used.
 */
export function readCheckpoint(db: Connection): {
  readonly segment: number;
  readonly state: Checkpoint | undefined;
} {
  const row = db.prepare('SELECT segment, state FROM checkpoint').get() as
    { readonly segment: unknown; readonly state: unknown } | undefined;
  if (row === undefined) return { segment: 1, state: undefined };
  const { segment, state } = row;
  if (!Number.isSafeInteger(segment) || !(state instanceof Uint8Array)) throw damaged();
  const value: unknown = deserialize(state);
  checkNumbers(value, new Set());
  return { segment: segment as number, state: value as Checkpoint };
}

/** A count so large that it cannot be counted on makes loops without end; a list that is in itself, or twice in each of many, too. */
function checkNumbers(value: unknown, seen: Set<unknown>): void {
  if (typeof value === 'number' && !(Math.abs(value) <= largestNumber)) throw damaged();
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  const parts: unknown[] = value instanceof Map ? [...value].flat() : Object.values(value);
  if (parts.length === 0) return;
  if (seen.has(value)) throw damaged();
  seen.add(value);
  for (const part of parts) checkNumbers(part, seen);
}

function damaged(): Error {
  return new Error('its checkpoint is damaged');
}
