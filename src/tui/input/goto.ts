/** Where a user wants to go in the list: `#904` or `904`, `2/904` of session 2, `12.5s`, or a time of day. */
import { UsageError } from '../../errors.js';
import type { Condition } from '../../recording/condition.js';
import { duration } from '../../recording/fields/units.js';
import type { RecordingReader } from '../../recording/ports.js';
import { timeOfDay } from '../clock.js';

/** What there is to go to; or, as text, why there is nothing. */
export function placeOf(text: string, reader: RecordingReader, session: number): number | string {
  const [, of, seq] = /^#?(?:(\d{1,9})\/)?(\d{1,12})$/.exec(text) ?? [];
  if (seq !== undefined) {
    const id = of === undefined ? session : Number(of);
    return reader.message(id, Number(seq))?.index ?? `session ${id} has no message ${seq}`;
  }
  const clock = /^(\d{1,2}:\d\d)(:\d\d(?:\.\d+)?)?$/.exec(text);
  if (clock !== null) {
    const wanted = `${(clock[1] ?? '').padStart(5, '0')}${clock[2] ?? ':00'}`;
    return atTimeOfDay(wanted, reader, session);
  }
  try {
    const since: Condition = { op: 'compare', field: 't', is: '>=', value: duration.parse(text) };
    for (const { index } of reader.messages({ session, where: since, limit: 1 })) return index;
    return `session ${session} has ended before ${text}`;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return 'write a number as #904, session and number as 2/904, or a time: 12.5s, 10:56:11';
  }
}

/** A day is the longest that a time of day is looked for; local, as the list shows it. */
const dayNs = 86_400e9;

function atTimeOfDay(wanted: string, reader: RecordingReader, session: number): number | string {
  const started = reader.session(session)?.started ?? 0;
  const begins = timeOfDay(started);
  // Before the session's beginning it is meant on the next day.
  const after = (secondsOf(wanted) - secondsOf(begins)) * 1e9;
  const value = Math.round(after < 0 ? after + dayNs : after);
  const where: Condition = { op: 'compare', field: 't', is: '>=', value };
  for (const { index } of reader.messages({ session, where, limit: 1 })) return index;
  return `session ${session} began at ${begins} and has no message from ${wanted} on`;
}

function secondsOf(clock: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number);
  return (hours * 60 + minutes) * 60 + seconds;
}
