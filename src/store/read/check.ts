/**
 * Looks for damage in a recording: in SQLite's structures, and in whether the frames of each direction
 * still give the bytes that passed. What peers did wrong is not damage.
 */
import { crc32 } from 'node:zlib';
import type { Message } from '../../recording/message.js';
import type { RecordingReader } from '../../recording/ports.js';
import type { Session } from '../../recording/session.js';
import type { Connection } from '../disk/connect.js';
import { mostPlaces } from './pages.js';

/** More of SQLite's complaints say nothing more. */
const maxComplaints = 20;

/** What the table `session` knows of one direction's bytes. */
interface Expected {
  readonly c2s_bytes: number | null;
  readonly c2s_crc: number | null;
  readonly s2c_bytes: number | null;
  readonly s2c_crc: number | null;
}

/** Gives a line for each thing that is not as it was written. */
export function* findDamage(db: Connection, reader: RecordingReader): Iterable<string> {
  const complaints = db.prepare(`PRAGMA integrity_check(${maxComplaints})`).pluck().all() as string[];
  yield* complaints.filter((line) => line !== 'ok').map((line) => `the database: ${line.trim()}`);
  const beyond = db.prepare('SELECT max(n) FROM frame WHERE n > ?').pluck().get(mostPlaces(db)) as
    number | null;
  if (beyond !== null) yield `message ${beyond}: the file has no room for so many before it`;
  const expected = db.prepare('SELECT c2s_bytes, c2s_crc, s2c_bytes, s2c_crc FROM session WHERE id = ?');
  for (const session of reader.sessions()) {
    const found = expected.get(session.id) as Expected | undefined;
    if (found === undefined) yield `session ${session.id}: it is not found by its number`;
    else yield* checkSession(session, found, reader);
  }
}

function* checkSession(session: Session, expected: Expected, reader: RecordingReader): Iterable<string> {
  const found = { c2s: { bytes: 0, crc: 0 }, s2c: { bytes: 0, crc: 0 } };
  let messages = 0;
  for (const message of reader.messages({ session: session.id })) {
    messages += 1;
    if (message.seq !== messages) {
      yield `session ${session.id}: message ${messages} is missing`;
      return;
    }
    yield* checkPair(message, reader);
    if (message.injected && message.dir === 'c2s') continue; // did not come from the client
    const direction = found[message.dir];
    direction.bytes += message.raw.length;
    direction.crc = crc32(message.raw, direction.crc);
  }
  if (session.end === undefined) return; // what is not a whole frame yet is in no row
  if (messages !== session.messages) {
    yield `session ${session.id}: it had ${session.messages} messages, and ${messages} are there`;
  }
  const { c2s, s2c } = found;
  if (expected.c2s_bytes !== null && (c2s.bytes !== expected.c2s_bytes || c2s.crc !== expected.c2s_crc)) {
    yield `session ${session.id}: the client's frames are not the ${expected.c2s_bytes} bytes that it sent`;
  }
  if (expected.s2c_bytes !== null && (s2c.bytes !== expected.s2c_bytes || s2c.crc !== expected.s2c_crc)) {
    yield `session ${session.id}: the server's frames are not the ${expected.s2c_bytes} bytes that it sent`;
  }
}

function* checkPair({ session, seq, replyTo }: Message, reader: RecordingReader): Iterable<string> {
  if (replyTo === undefined || reader.responseTo(session, replyTo)?.seq === seq) return;
  yield `session ${session}: message ${seq} answers ${replyTo}, which knows nothing of it`;
}
