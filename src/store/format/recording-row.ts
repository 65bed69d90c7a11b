/** The one row of the table `recording`, the same whatever format the file has. */
import type { Loss } from '../../recording/ports.js';
import type { Connection } from '../disk/connect.js';
import { DamagedRow } from '../read/frame-decoder.js';
import { readFormat1 } from './format-1.js';
import type { RecordingState } from './format-2.js';

/** What a file says of itself; times are microseconds since 1970. */
export interface RecordingRow {
  /** `qmptap 0.1.0`; empty until its recorder has written that. */
  readonly createdBy: string;
  readonly series: string | undefined;
  readonly created: number;
  readonly state: RecordingState;
  readonly loss: Loss | undefined;
  readonly incomplete: string | undefined;
}

const states: readonly RecordingState[] = ['recording', 'recovering', 'finished'];
const losses: readonly Loss[] = [
  'write-failed',
  'file-moved',
  'journal-missing',
  'journal-damaged',
  'copied-live',
];

/** Undefined if there is no such row yet. @throws DamagedRow if what is there was never written by us */
export function readRecordingRow(db: Connection): RecordingRow | undefined {
  const format = db.pragma('user_version', { simple: true });
  const found = db.prepare('SELECT * FROM recording').get() as Readonly<Record<string, unknown>> | undefined;
  if (found === undefined) return undefined;
  const { created, finished } = found;
  if (typeof created !== 'number') throw damaged();
  const createdBy = text(found['created_by']);
  const incomplete = optionalText(found['incomplete']);
  if (format === 1) return { created, ...readFormat1(createdBy, finished, incomplete ?? null) };
  return {
    createdBy,
    series: optionalText(found['series']),
    created,
    state: oneOf(states, found['state']),
    loss: found['loss'] === null ? undefined : oneOf(losses, found['loss']),
    incomplete,
  };
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  throw damaged();
}

function optionalText(value: unknown): string | undefined {
  return value === null ? undefined : text(value);
}

function oneOf<T extends string>(values: readonly T[], value: unknown): T {
  const found = values.find((one) => one === value);
  if (found === undefined) throw damaged();
  return found;
}

function damaged(): DamagedRow {
  return new DamagedRow('the row that tells of its making is damaged');
}
