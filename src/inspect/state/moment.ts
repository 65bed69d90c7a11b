/** A moment of a recording as people write it: a message's number, a time since a session's beginning, a date. */
import { RecordingError, UsageError } from '../../errors.js';
import { chosenSession } from '../../recording/chosen-session.js';
import { count, duration, moment } from '../../recording/fields/units.js';
import type { Condition } from '../../recording/condition.js';
import type { RecordingReader } from '../../recording/ports.js';
import { counted } from '../format.js';

/** `seq`: after that message of a session. `t`: nanoseconds since a session began. `time`: microseconds since 1970. */
export type WrittenMoment = { readonly by: 'seq' | 't' | 'time'; readonly value: number };

/** How moments are written, for help and errors. */
export const momentForms = '904 or #904 (a message), 12.5s (since the session began), 2026-11-20T08:52:30Z';

/** @throws UsageError for text that is no moment */
export function parseMoment(text: string): WrittenMoment {
  const number = text.startsWith('#') ? text.slice(1) : text;
  if (count.reads(number)) return { by: 'seq', value: count.parse(number) };
  if (moment.reads(text)) return { by: 'time', value: moment.parse(text) };
  if (duration.reads(text)) return { by: 't', value: duration.parse(text) };
  throw new UsageError({ reason: `'${text}' is no moment`, remedy: `write one like ${momentForms}` });
}

/** A place in a recording. */
export interface ResolvedMoment {
  /** The place of the last message up to it; 0: it is before the first. */
  readonly index: number;
  /** The session that it was written for, or that is the only one. */
  readonly session: number | undefined;
}

/**
 * Where a moment lies; without one, at the end.
 * @throws RecordingError for a session or message that is not there, or if no session is named and there are several
 */
export function resolveMoment(
  reader: RecordingReader,
  written: WrittenMoment | undefined,
  session: number | undefined,
): ResolvedMoment {
  const sessions = session === undefined ? reader.sessions() : [chosenSession(reader, session)];
  const only = sessions.length === 1 ? sessions[0]?.id : undefined;
  const last = (where: Condition | undefined): number => {
    const range = { session: written?.by === 't' ? only : undefined, where, limit: 1 };
    for (const { index } of reader.messages({ ...range, order: 'desc' })) return index;
    return 0;
  };
  if (written === undefined) return { index: reader.count(), session: only };
  const { by, value } = written;
  if (by === 'time') return { index: last({ op: 'compare', field: 'time', is: '<=', value }), session: only };
  if (only === undefined) {
    const reason = `it has ${counted(sessions.length, 'session')}`;
    throw new RecordingError(
      { reason, remedy: '--session N says whose messages or time are meant' },
      { path: reader.info.path },
    );
  }
  if (by === 't') return { index: last({ op: 'compare', field: 't', is: '<=', value }), session: only };
  const message = reader.message(only, value);
  if (message !== undefined) return { index: message.index, session: only };
  const { messages = 0 } = reader.session(only) ?? {};
  throw new RecordingError(
    { reason: `its session ${only} has no message #${value}`, remedy: `the last is #${messages}` },
    { path: reader.info.path },
  );
}
