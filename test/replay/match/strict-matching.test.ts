import { describe, expect, test } from 'vitest';
import { Unstable } from '../../../src/recording/unstable.js';
import { StrictMatching } from '../../../src/replay/match/strict-matching.js';
import { abaPlan, clientFrame } from '../playbook.js';

const stable = new Unstable();

describe('strict matching', () => {
  test('takes the recorded order and nothing else', () => {
    const matching = new StrictMatching(abaPlan, stable);
    expect(matching.take(clientFrame('b'))).toBeUndefined();
    expect(matching.take(clientFrame('a'))).toEqual({ place: 0, repeated: false });
    expect(matching.take(clientFrame('a'))).toBeUndefined();
    expect([...matching.left()]).toEqual([2, 4]);
    expect(matching.take(clientFrame('b'))?.place).toBe(2);
    expect(matching.take(clientFrame('a'))?.place).toBe(4);
    expect(matching.take(clientFrame('a'))).toBeUndefined();
    expect([...matching.left()]).toEqual([]);
  });
});
