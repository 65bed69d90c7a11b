import { describe, expect, test } from 'vitest';
import { notAbove, PlaceList } from '../../../src/recording/merge/place-list.js';

describe('PlaceList', () => {
  test('finds places and the last message up to one', () => {
    const list = new PlaceList();
    expect([list.lastIndex, list.placeOf(1), list.lastUpTo(9)]).toEqual([0, undefined, 0]);
    // The second message of three, as of a file that lacks one.
    for (let at = 1; at <= 1000; at++) list.add(at === 1 ? 1 : at + 1, at * 10);
    expect(list.lastIndex).toBe(1001);
    expect([list.placeOf(1), list.placeOf(2), list.placeOf(3), list.placeOf(1001)]).toEqual([
      10,
      undefined,
      20,
      10_000,
    ]);
    expect([list.lastUpTo(9), list.lastUpTo(10), list.lastUpTo(25), list.lastUpTo(Infinity)]).toEqual([
      0, 1, 3, 1001,
    ]);
  });

  test('notAbove counts in the part that is in use', () => {
    expect([notAbove([1, 3, 3, 9], 3, 3), notAbove([1, 3, 3, 0], 3, 9), notAbove([], 0, 1)]).toEqual([
      3, 3, 0,
    ]);
  });
});
