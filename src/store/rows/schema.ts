/**
 * The tables of a recording. FORMAT.md describes them for people who open one with `sqlite3`;
 * a change here is a new step in `migrate.ts`. Knows nothing of who reads and writes them.
 */

/** "QMPT" in `application_id`: tells a recording from any other SQLite database. */
export const applicationId = 0x514d5054;

/**
 * Format 1. Every column of `frame` costs a byte per message, present or not, and every index some ten
 * bytes and a quarter of a microsecond, a partial one most of that even where it holds nothing: so all
 * that is rare shares one, over the messages that have any of the `flags`.
 */
export const schema = `
CREATE TABLE recording (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  uuid BLOB NOT NULL,
  created_by TEXT NOT NULL,
  created INTEGER NOT NULL,
  finished INTEGER,
  incomplete TEXT
);
CREATE TABLE session (
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
);
CREATE TABLE note (
  session INTEGER NOT NULL,
  n INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (session, n)
) WITHOUT ROWID;
CREATE TABLE name (
  id INTEGER PRIMARY KEY,
  event INTEGER NOT NULL,
  name TEXT NOT NULL,
  UNIQUE (name, event)
);
CREATE TABLE body (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE,
  bytes BLOB NOT NULL
);
CREATE TABLE frame (
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
);
CREATE TABLE part (
  n INTEGER NOT NULL,
  part INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (n, part)
) WITHOUT ROWID;
CREATE UNIQUE INDEX frame_session ON frame (session, seq);
CREATE INDEX frame_name ON frame (name);
CREATE INDEX frame_flags ON frame (n) WHERE flags IS NOT NULL;
CREATE TABLE checkpoint (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  segment INTEGER NOT NULL,
  state BLOB NOT NULL
);
CREATE VIEW message AS
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
LEFT JOIN body ON body.id = frame.body
`;
