/**
 * Format 1, as qmptap 0.1 wrote it. It stays readable and takes marks for good; nothing here may change. What is a
 * state in format 2 is a sentence here, which is read in this module and nowhere else.
 */
import type { Loss } from '../../recording/ports.js';
import { commonTables, type RecordingState } from './format-2.js';

export const recording = `CREATE TABLE recording (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  uuid BLOB NOT NULL,
  created_by TEXT NOT NULL,
  created INTEGER NOT NULL,
  finished INTEGER,
  incomplete TEXT
)`;

const checkpoint = `CREATE TABLE checkpoint (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  segment INTEGER NOT NULL,
  state BLOB NOT NULL
)`;

/** A recording has it from its first mark on. */
export const mark = `CREATE TABLE mark (
  session INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  note TEXT,
  PRIMARY KEY (session, seq)
) WITHOUT ROWID`;

const message = `CREATE VIEW message AS
SELECT
  frame.n AS n,
  frame.session AS session,
  frame.seq AS seq,
  CASE frame.dir WHEN 0 THEN 'c2s' ELSE 's2c' END AS dir,
  frame.t / 1e9 AS t,
  strftime('%Y-%m-%d %H:%M:%f', (session.started / 1e3 + frame.t / 1e6) / 1e3, 'unixepoch') AS time,
  CASE frame.kind WHEN 0 THEN 'greeting' WHEN 1 THEN 'command' WHEN 2 THEN 'success' WHEN 3 THEN 'error'
    WHEN 4 THEN 'event' WHEN 5 THEN 'sync' WHEN 6 THEN 'malformed' WHEN 7 THEN 'partial' END AS kind,
  name.name AS name,
  frame.id AS id,
  CASE WHEN frame.kind IN (2, 3) THEN frame.pair END AS reply_to,
  frame.latency / 1e3 AS latency_us,
  coalesce(frame.flags, 0) & 1 AS oob,
  coalesce(frame.fds, 0) AS fds,
  frame.problem AS problem,
  CAST(coalesce(body.bytes, '') || frame.raw || CASE WHEN frame.flags & 4
    THEN (SELECT group_concat(bytes, '') FROM (SELECT bytes FROM part WHERE part.n = frame.n ORDER BY part))
    ELSE '' END AS TEXT) AS raw
FROM frame
JOIN session ON session.id = frame.session
LEFT JOIN name ON name.id = frame.name
LEFT JOIN body ON body.id = frame.body`;

export const format1: readonly string[] = [recording, ...commonTables, checkpoint, message];

/** What format 1 says in sentences, as format 2 has it. */
export interface RecordingColumns {
  readonly createdBy: string;
  readonly series: string | undefined;
  readonly state: RecordingState;
  readonly loss: Loss | undefined;
  readonly incomplete: string | undefined;
}

/** In the place of what a finished recording lacks. */
const recovering = 'what a crash left is being taken in';

/** What was lost, by the sentences that format 1 has; whatever else it says came from a write that failed. */
const losses: readonly (readonly [RegExp, Loss])[] = [
  [/^its journal is missing$/, 'journal-missing'],
  [
    /^(?:its journal|segment \d+ of its journal|a record of its journal) (?:is damaged|has no sound)/,
    'journal-damaged',
  ],
  [/while it was recorded$/, 'file-moved'],
];

/** Of one of a series `created_by` is `qmptap 0.1.0, series "web1"`, the name as JSON; in its journal, too. */
export function splitCreatedBy(createdBy: string): Pick<RecordingColumns, 'createdBy' | 'series'> {
  const [, by = createdBy, name] = /^(qmptap [^,]*), series (".*")$/.exec(createdBy) ?? [];
  const series = name === undefined ? undefined : textOf(name);
  return series === undefined ? { createdBy, series } : { createdBy: by, series };
}

/** Of the columns of the table `recording`. */
export function readFormat1(
  createdBy: string,
  finished: unknown,
  incomplete: string | null,
): RecordingColumns {
  const known = finished === null ? undefined : (incomplete ?? undefined);
  const open = incomplete === recovering ? 'recovering' : 'recording';
  return {
    ...splitCreatedBy(createdBy),
    state: finished === null ? open : 'finished',
    loss:
      known === undefined ? undefined : (losses.find(([words]) => words.test(known))?.[1] ?? 'write-failed'),
    incomplete: known,
  };
}

function textOf(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
