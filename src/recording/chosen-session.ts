/** The session that a user has named by its number: the same answer wherever there is none. */
import { RecordingError } from '../errors.js';
import type { RecordingReader } from './ports.js';
import type { Session } from './session.js';

/** @throws RecordingError if the recording has no such session */
export function chosenSession(reader: RecordingReader, id: number): Session {
  const session = reader.session(id);
  if (session === undefined) throw noSession(reader.info.path, id);
  return session;
}

/** What to tell of a session that is not there. */
export function noSession(path: string, id: number): RecordingError {
  const remedy = `\`qmptap ls ${path}\` lists them`;
  return new RecordingError({ reason: `it has no session ${id}`, remedy }, { path });
}
