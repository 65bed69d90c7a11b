import { describe, expect, test } from 'vitest';
import { MergedSessions } from '../../../src/recording/merge/merged-sessions.js';
import { MemoryRecording } from '../../../src/recording/memory.js';
import type { Session } from '../../../src/recording/session.js';
import { sessionStart } from '../../support/recorded.js';

/** Sessions by their numbers, and the microseconds at which they begin. */
function holding(...sessions: readonly (readonly [id: number, started: number])[]): {
  reader: MemoryRecording;
  sessions: readonly Session[];
} {
  const reader = new MemoryRecording();
  for (const [id, started] of sessions) reader.openSession(id, sessionStart({ started }));
  return { reader, sessions: reader.sessions() };
}

function learned(...held: readonly ReturnType<typeof holding>[]): MergedSessions {
  const merged = new MergedSessions();
  merged.learn(new Map(held.map(({ reader, sessions }) => [reader, sessions])));
  return merged;
}

describe('MergedSessions', () => {
  test('the files of a series keep their numbers', () => {
    const [old, fresh] = [holding([4, 10], [5, 30]), holding([6, 20])];
    const merged = learned(fresh, old);
    expect([4, 5].map((id) => merged.numberOf(old.reader, id))).toEqual([4, 5]);
    expect(merged.numberOf(fresh.reader, 6)).toBe(6);
    expect(merged.origin(6)?.reader).toBe(fresh.reader);
  });

  test('others are numbered by when they began, and a number once given stays', () => {
    const [web, db] = [holding([1, 10], [2, 30]), holding([1, 20])];
    const merged = learned(web, db);
    expect([1, 2].map((id) => merged.numberOf(web.reader, id))).toEqual([1, 3]);
    expect(merged.numberOf(db.reader, 1)).toBe(2);
    db.reader.openSession(2, sessionStart({ started: 5 }));
    merged.learn(new Map([[db.reader, db.reader.sessions()]]));
    expect(merged.numberOf(db.reader, 2)).toBe(4);
    expect([merged.startedOf(2), merged.startedOf(4), merged.startedOf(9)]).toEqual([20, 5, 0]);
  });

  test('a clock that was set back does not change the order within a recording', () => {
    const web = holding([1, 30], [2, 10]);
    const merged = learned(web, holding([1, 20]));
    expect([1, 2].map((id) => merged.numberOf(web.reader, id))).toEqual([2, 3]);
  });
});
