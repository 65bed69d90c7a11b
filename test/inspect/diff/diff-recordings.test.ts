import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { diffRecordings } from '../../../src/inspect/diff/diff-recordings.js';
import { MemoryRecording } from '../../../src/recording/memory.js';
import { type Conversation, exchange, type Line, played } from '../../support/conversation.js';

const named = (label: string, ...lines: Line[][]): Conversation => ({ label, lines: lines.flat() });
const a = played(named('vm', exchange('stop')), named('agent', exchange('guest-ping')));
const b = played(
  named('agent', exchange('guest-ping')),
  named('vm', exchange('cont')),
  named('vm', exchange('stop')),
);

describe('diffRecordings', () => {
  test('sessions belong together by dialect and label', () => {
    const found = diffRecordings(a, b);
    expect(found.sessions.map((session) => [session.a, session.b, session.entries.length])).toEqual([
      [1, 2, 2],
      [2, 1, 0],
    ]);
    expect(found.onlyA).toEqual([]);
    expect(found.onlyB.map(({ id }) => id)).toEqual([3]);
    expect(found.same).toBe(false);
    expect(diffRecordings(b, a).onlyA.map(({ id }) => id)).toEqual([3]);
  });

  test('what has no counterpart of its label goes with another of its dialect', () => {
    const other = played(
      named('renamed', exchange('guest-ping')),
      named('other', exchange('stop')),
      named('vm', exchange('stop')),
    );
    const found = diffRecordings(a, other);
    expect(found.sessions.map((session) => [session.a, session.b])).toEqual([
      [1, 3],
      [2, 1],
    ]);
    expect(found.onlyB.map(({ id }) => id)).toEqual([2]);
    const swapped = diffRecordings(other, a);
    expect(swapped.sessions.map((session) => [session.a, session.b])).toEqual([
      [1, 2],
      [3, 1],
    ]);
  });

  test('sessions that the user names are compared whatever they are', () => {
    expect(diffRecordings(a, b, { sessions: [1, 3] })).toMatchObject({ same: true, onlyA: [], onlyB: [] });
    expect(diffRecordings(a, b, { sessions: [1, 1] }).sessions).toMatchObject([{ a: 1, b: 1 }]);
    expect(() => diffRecordings(a, b, { sessions: [3, 1] })).toThrow('no session 3');
  });

  test('same means: no difference, and no session on one side alone', () => {
    expect(diffRecordings(a, a).same).toBe(true);
    expect(diffRecordings(a, new MemoryRecording()).same).toBe(false);
    expect(diffRecordings(new MemoryRecording(), new MemoryRecording()).same).toBe(true);
  });

  test('paths can be left out, and one that cannot be read is refused', () => {
    const one = played(exchange('x', { n: 1 }));
    const two = played(exchange('x', { n: 2 }));
    expect(diffRecordings(one, two).same).toBe(false);
    expect(diffRecordings(one, two, { ignore: ['arguments.n'] }).same).toBe(true);
    expect(() => diffRecordings(one, two, { ignore: ['a..b'] })).toThrow(UsageError);
  });
});
