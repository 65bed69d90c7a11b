/**
 * Format 2, which is written now; FORMAT.md describes the tables for people who open a recording with `sqlite3`: how far a recording is, what it lacks and which series it belongs to have columns,
 * where format 1 had sentences; and every recording has a table for marks.
 */

/** "QMPT" in `application_id`: tells a recording from any other SQLite database. */
export const applicationId = 0x514d5054;

/**
 * Every column of `frame` costs a byte per message, present or not, and every index some ten bytes and a quarter
 * of a microsecond, a partial one most of that even where it holds nothing: so all that is rare shares one, over
 * the messages that have any of the `flags`.
 */
export const commonTables: readonly string[] = [
  `CREATE TABLE session (
  id INTEGER PRIMARY KEY,
  label TEXT,
  dialect TEXT,
  client_address TEXT NOT NULL, client_pid INTEGER, client_uid INTEGER, client_gid INTEGER, client_program TEXT,
  server_address TEXT NOT NULL, server_pid INTEGER, server_uid INTEGER, server_gid INTEGER, server_program TEXT,
  qemu TEXT, package TEXT, capabilities TEXT,
  started INTEGER NOT NULL,
  ended INTEGER,
  "end" TEXT,
  end_reason TEXT,
  messages INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  c2s_bytes INTEGER, c2s_crc INTEGER,
  s2c_bytes INTEGER, s2c_crc INTEGER
)`,
  `CREATE TABLE note (
  session INTEGER NOT NULL,
  n INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (session, n)
) WITHOUT ROWID`,
  `CREATE TABLE name (
  id INTEGER PRIMARY KEY,
  event INTEGER NOT NULL,
  name TEXT NOT NULL,
  UNIQUE (name, event)
)`,
  `CREATE TABLE body (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE,
  bytes BLOB NOT NULL
)`,
  `CREATE TABLE frame (
  n INTEGER PRIMARY KEY,
  session INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  dir INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  t INTEGER NOT NULL,
  name INTEGER,
  id TEXT,
  pair INTEGER,
  latency INTEGER,
  late_session INTEGER,
  late_seq INTEGER,
  flags INTEGER,
  fds INTEGER,
  problem TEXT,
  body INTEGER,
  raw BLOB NOT NULL
)`,
  `CREATE TABLE part (
  n INTEGER NOT NULL,
  part INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (n, part)
) WITHOUT ROWID`,
  `CREATE UNIQUE INDEX frame_session ON frame (session, seq)`,
  `CREATE INDEX frame_name ON frame (name)`,
  `CREATE INDEX frame_flags ON frame (n) WHERE flags IS NOT NULL`,
];

/**
 * How far a recording is. `recording`: being made, or cut off while it was. `recovering`: what a crash left
 * is being recovered. `finished`: all that will ever be in it is there.
 */
export type RecordingState = 'recording' | 'recovering' | 'finished';

export const recording = `CREATE TABLE recording (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  uuid BLOB NOT NULL,
  created_by TEXT NOT NULL,
  series TEXT,
  created INTEGER NOT NULL,
  finished INTEGER,
  state TEXT NOT NULL,
  loss TEXT,
  incomplete TEXT
)`;

export const checkpoint = `CREATE TABLE checkpoint (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  segment INTEGER NOT NULL,
  state TEXT NOT NULL
)`;

export const mark = `CREATE TABLE mark (
  session INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  note TEXT,
  made INTEGER,
  PRIMARY KEY (session, seq)
) WITHOUT ROWID`;

export const message = `CREATE VIEW message AS
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
  mark.session IS NOT NULL AS marked,
  mark.note AS note,
  CAST(coalesce(body.bytes, '') || frame.raw || CASE WHEN frame.flags & 4
    THEN (SELECT group_concat(bytes, '') FROM (SELECT bytes FROM part WHERE part.n = frame.n ORDER BY part))
    ELSE '' END AS TEXT) AS raw
FROM frame
JOIN session ON session.id = frame.session
LEFT JOIN name ON name.id = frame.name
LEFT JOIN body ON body.id = frame.body
LEFT JOIN mark ON mark.session = frame.session AND mark.seq = frame.seq`;

export const format2: readonly string[] = [recording, ...commonTables, checkpoint, mark, message];
