/**
 * Reads the messages that tell of the state, in order. Where many do, all are read: that is faster than to look each
 * up; where few do, only their outlines.
 */
import type { Message } from '../../recording/message.js';
import type { MessageOutline, RecordingReader } from '../../recording/ports.js';
import { commandSources, eventSources, negotiation } from './sources/sources.js';

/** Outlines that are looked at together. */
const stretch = 5000;
/** With more of them than this, it is faster to read all messages. */
const many = 0.25;

/** Those between two places, both left out. */
export function* tellingMessages(reader: RecordingReader, after: number, before: number): Iterable<Message> {
  let reached = after;
  while (reached + 1 < before) {
    const outlines = outlinesOf(reader, reached, Math.min(stretch, before - reached - 1), before);
    const last = outlines.at(-1);
    if (last === undefined) return;
    const telling = outlines.filter(tells);
    if (telling.length > outlines.length * many) {
      for (const message of reader.messages({ after: reached, before: last.index + 1 })) {
        if (tells(message)) yield message;
      }
    } else {
      for (const { session, seq } of telling) {
        const message = reader.message(session, seq);
        if (message !== undefined) yield message;
      }
    }
    reached = last.index;
  }
}

function outlinesOf(
  reader: RecordingReader,
  after: number,
  limit: number,
  before: number,
): readonly MessageOutline[] {
  if (reader.outlines !== undefined) {
    return [...reader.outlines({ after, limit })].filter(({ index }) => index < before);
  }
  return Array.from(reader.messages({ after, limit, before }), (message) => {
    return { ...message, size: message.raw.length };
  });
}

function tells({ kind, name, command }: Pick<Message, 'kind' | 'name' | 'command'>): boolean {
  if (kind === 'event') return name !== undefined && eventSources.has(name);
  const said = kind === 'command' ? name : command;
  return said !== undefined && (commandSources.has(said) || said === negotiation);
}
