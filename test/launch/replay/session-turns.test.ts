import { describe, expect, test } from 'vitest';
import { SessionTurns, type TurnOptions } from '../../../src/launch/replay/session-turns.js';

function turns(options: Partial<TurnOptions> = {}): SessionTurns {
  return new SessionTurns({
    sessions: [1, 2, 5],
    sameForAll: false,
    clients: 'all',
    single: false,
    ...options,
  });
}

/** The sessions of so many clients. */
function given(clients: number, of: SessionTurns): (number | undefined)[] {
  return Array.from({ length: clients }, () => {
    const session = of.next;
    of.take();
    return session;
  });
}

describe('the sessions of a replayed server', () => {
  test('are played once each, in their order', () => {
    const each = turns();
    expect(given(4, each)).toEqual([1, 2, 5, undefined]);
    expect(each.isOver).toBe(true);
    expect(each.unplayed()).toBeUndefined();
  });

  test('begin anew if the server is kept', () => {
    const kept = turns({ clients: 'keep' });
    expect(given(5, kept)).toEqual([1, 2, 5, 1, 2]);
    expect(kept.isOver).toBe(false);
    expect(kept.unplayed()).toBeUndefined();
  });

  test('are the same one for every client if one was chosen', () => {
    const chosen = turns({ sessions: [2], sameForAll: true });
    expect(given(3, chosen)).toEqual([2, 2, 2]);
    expect(chosen.unplayed()).toBeUndefined();
  });

  test.each([{ clients: 'once' }, { single: true }] as const)('end with one client: %o', (options) => {
    const one = turns(options);
    expect(one.isOver).toBe(false);
    one.take();
    expect(one.isOver).toBe(true);
    expect(one.unplayed()).toBeUndefined();
  });

  test('that nobody came for are told, and a client too many is', () => {
    const some = turns();
    some.take();
    expect(some.unplayed()).toMatchObject({
      kind: 'unused',
      session: 2,
      summary: 'no client came for the sessions 2, 5',
    });
    some.take();
    expect(some.unplayed()?.summary).toBe('no client came for this session');
    some.take();
    expect(some.surplus()).toMatchObject({
      kind: 'surplus',
      session: 5,
      summary: 'client 4 connected, and the recording has 3 sessions',
    });
  });
});
