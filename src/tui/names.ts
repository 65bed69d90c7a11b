/** Names for completion, from the newest messages of a recording. */
import type { FilterNames } from '../inspect/filter/complete.js';
import type { RecordingReader } from '../recording/ports.js';
import type { Session } from '../recording/session.js';

const looked = 2_000;

export function recordedNames(reader: RecordingReader, sessions: ReadonlyMap<number, Session>): FilterNames {
  const commands = new Set<string>();
  const events = new Set<string>();
  for (const { kind, name, command } of reader.messages({ order: 'desc', limit: looked })) {
    const named = name ?? command;
    if (named !== undefined) (kind === 'event' ? events : commands).add(named);
  }
  const labels = [...sessions.values()].flatMap(({ label }) => (label === undefined ? [] : [label]));
  const files = [...sessions.values()].flatMap(({ origin }) => origin?.file.replace(/^.*\//, '') ?? []);
  return { commands, events, labels: new Set(labels), files: new Set(files) };
}
