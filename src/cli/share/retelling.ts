/** Copies messages and their marks into a new recording, through the tap like all traffic. */
import type { Mark } from '../../recording/marks.js';
import type { Message } from '../../recording/message.js';
import { Retelling, type RetoldSession } from '../../recording/retell.js';
import type { Recorder } from '../../store/index/recorder.js';
import { StoredMarks } from '../../store/read/marks.js';

/** What is copied. */
export interface Retold {
  readonly sessions: readonly RetoldSession[];
  /** In the order of the recording. */
  readonly messages: Iterable<Message>;
  readonly marks: readonly Mark[];
  /** A note for every session of the copy. */
  readonly note: () => string | undefined;
}

/** Bytes that may wait in the journal before they are moved into the tables. */
const flushEvery = 256 << 20;

/** Copies them; gives the marks with the places that their messages have in the copy. */
export async function retell(retold: Retold, recorder: Recorder): Promise<readonly Mark[]> {
  const told = new Retelling(recorder);
  const marks = new Map(retold.marks.map((mark) => [`${mark.session}:${mark.seq}`, mark]));
  const placed: Mark[] = [];
  const waiting = [...retold.sessions];
  let bytes = 0;
  for (const message of retold.messages) {
    while (!told.isOpen(message.session)) {
      const session = waiting.shift();
      if (session === undefined) break;
      told.open(session);
    }
    const place = told.message(message.session, message);
    const mark = marks.get(`${message.session}:${message.seq}`);
    if (place !== undefined && mark !== undefined) placed.push({ ...mark, ...place });
    bytes += message.raw.length;
    if (bytes > flushEvery) {
      bytes = 0;
      await recorder.flush();
    }
  }
  for (const session of waiting) told.open(session);
  told.end(retold.note());
  return placed;
}

/** Puts marks into a finished recording. @throws OutputError where they cannot be kept */
export function putMarks(path: string, marks: readonly Mark[]): void {
  if (marks.length > 0) new StoredMarks(path).putAll(marks);
}
