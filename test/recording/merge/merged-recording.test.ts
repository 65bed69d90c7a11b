/** Several recordings read as one give the same as all of their messages, sorted by time and then judged. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RecordingError } from '../../../src/errors.js';
import { Tap } from '../../../src/proxy/tap.js';
import { compileMatcher } from '../../../src/recording/matcher.js';
import { MemoryRecording } from '../../../src/recording/memory.js';
import { MergedRecording } from '../../../src/recording/merge/merged-recording.js';
import type { Message } from '../../../src/recording/message.js';
import type { MessageRange } from '../../../src/recording/ports.js';
import { condition } from '../../support/conditions.js';
import { latin1, recorded, sessionStart } from '../../support/recorded.js';

const said = [
  '->{"execute":"query-status","id":"libvirt-1"}',
  '<-{"return": {"status": "running"}, "id": "libvirt-1"}',
  '->{"execute":"device_add","arguments":{"driver":"vm"},"id":"libvirt-7"}',
  '<-{"id": "libvirt-7", "error": {"class": "GenericError", "desc": "No vm"}}',
  '<-{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}',
] as const;

const session = fc.record({
  label: fc.option(fc.constantFrom('web 1', 'vm'), { nil: undefined }),
  started: fc.nat(40),
  lines: fc.array(fc.tuple(fc.constantFrom(...said), fc.nat(20)), { maxLength: 12 }),
});

/** Sessions of one recorder begin one after the other, and are recorded at the same time. */
const recording = fc.array(session, { maxLength: 3 }).map((sessions) => {
  const memory = new MemoryRecording('/r/some.qmptap');
  const tap = new Tap(memory);
  const origin = 1_795_165_949_000_000;
  const begun = sessions.sort((a, b) => a.started - b.started);
  const all = begun.flatMap(({ started, label, lines }, place) => {
    const id = place + 1;
    tap.open(id, sessionStart({ label, started: origin + started }), 0);
    let at = started;
    return lines.map(([line, after]) => ({ id, line, started, at: (at += after) }));
  });
  all.sort((a, b) => a.at - b.at);
  for (const { id, line, started, at } of all)
    tap.chunk(id, {
      dir: line.startsWith('->') ? 'c2s' : 's2c',
      t: (at - started) * 1000,
      bytes: latin1(line.slice(2)),
      fds: 0,
    });
  for (const [place] of begun.entries()) tap.close(place + 1, 1_000_000, 'client-closed', undefined);
  return memory;
});

const range = fc.record(
  {
    where: condition,
    session: fc.integer({ min: 1, max: 7 }),
    after: fc.nat(40),
    before: fc.nat(60),
    order: fc.constantFrom('asc', 'desc' as const),
    limit: fc.nat(10),
  },
  { requiredKeys: [] },
);

function timeOf(merged: MergedRecording, { session: id, t }: Message): number {
  return (merged.session(id)?.started ?? 0) + t / 1000;
}

/** The same of all messages, one by one. */
function judged(
  merged: MergedRecording,
  { where, session: id, after = 0, before = Infinity, order, limit }: MessageRange,
): number[] {
  const matches = compileMatcher(where ?? { op: 'all' });
  const found = [...merged.messages()].filter((message) => {
    if (message.index <= after || message.index >= before) return false;
    if (id !== undefined && message.session !== id) return false;
    const of = merged.session(message.session);
    const answer = merged.responseTo(message.session, message.seq);
    return matches(message, {
      label: of?.label,
      file: 'some.qmptap',
      started: of?.started,
      answer: answer && { latency: answer.latency },
      mark: undefined,
    });
  });
  if (order === 'desc') found.reverse();
  return found.slice(0, limit).map(({ index }) => index);
}

describe('several recordings read as one', () => {
  test('are sorted by time, whole, and the same by any way', () => {
    fc.assert(
      fc.property(
        fc.array(recording, { minLength: 1, maxLength: 4 }),
        fc.array(range, { minLength: 5, maxLength: 5 }),
        (readers, ranges) => {
          const fresh = (): MergedRecording => new MergedRecording(readers, { path: 'all' });
          const merged = fresh();
          const all = [...merged.messages()];
          expect(all.map(({ index }) => index)).toEqual(all.map((_, place) => place + 1));
          expect(all.length).toBe(readers.reduce((sum, reader) => sum + reader.count(), 0));
          expect(merged.count()).toBe(all.length);
          const times = all.map((message) => timeOf(merged, message));
          expect(times).toEqual([...times].sort((a, b) => a - b));
          for (const message of all) {
            expect(merged.message(message.session, message.seq)).toEqual(message);
            if (message.replyTo !== undefined)
              expect(merged.responseTo(message.session, message.replyTo)?.index).toBe(message.index);
          }
          for (const asked of ranges) {
            // Nobody has read anything of this one before.
            const found = Array.from(fresh().messages(asked), ({ index }) => index);
            expect(found).toEqual(judged(merged, asked));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('each session tells where it is, and marks are told by its number', () => {
    const [a, b] = [recorded(['-> {"execute":"stop"}']), recorded(['-> {"execute":"cont"}'])];
    b.put({ session: 1, seq: 1, note: 'why' });
    using merged = new MergedRecording([a, b], { path: 'all' });
    expect(merged.sessions().map(({ id, origin }) => [id, origin?.session])).toEqual([
      [1, 1],
      [2, 1],
    ]);
    expect(merged.marks()).toEqual([{ session: 2, seq: 1, note: 'why' }]);
    expect(merged.info.parts?.length).toBe(2);
    expect(merged.session(3)).toBeUndefined();
    expect(merged.message(3, 1)).toBeUndefined();
  });

  test('goes on without one that cannot be read', () => {
    const [good, bad] = [recorded(['-> {"execute":"stop"}']), recorded(['-> {"execute":"cont"}'])];
    const told: string[] = [];
    const error = new RecordingError({ reason: 'message 1 is damaged' }, { path: 'bad', code: 'DAMAGED' });
    bad.messages = () => {
      throw error;
    };
    const merged = new MergedRecording([good, bad], {
      path: 'all',
      onFailure: ({ message }) => told.push(message),
    });
    expect(Array.from(merged.messages(), ({ name }) => name)).toEqual(['stop']);
    expect(told).toEqual(['bad: message 1 is damaged']);
    expect(() => [...new MergedRecording([good, bad], { path: 'all' }).messages()]).toThrow(error);
  });

  test('takes in those that come later', () => {
    const waiting = [recorded(['-> {"execute":"cont"}'])];
    const merged = new MergedRecording([recorded(['-> {"execute":"stop"}'])], {
      path: 'all',
      newcomers: () => waiting.splice(0),
      endless: true,
    });
    const names = (): unknown[] => Array.from(merged.messages(), ({ name }) => name);
    expect(names()).toEqual(['stop', 'cont']);
    waiting.push(recorded(['-> {"execute":"quit"}']));
    expect(names()).toEqual(['stop', 'cont', 'quit']);
    expect([merged.count(), merged.info.live]).toEqual([3, true]);
  });
});
