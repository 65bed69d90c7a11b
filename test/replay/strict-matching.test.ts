import { describe, expect, test } from 'vitest';
import { Unstable } from '../../src/recording/unstable.js';
import { StrictMatching } from '../../src/replay/strict-matching.js';
import { bytesOf, planned } from './playbook.js';

const stable = new Unstable();

const plan = planned(`
  -> {"execute":"a","id":1}
  <- {"return": 1, "id": 1}
  -> {"execute":"b","id":2}
  <- {"return": 2, "id": 2}
  -> {"execute":"a","id":3}
  <- {"return": 3, "id": 3}
  -> {"exec\\
`);

function frame(name: string, kind: 'command' | 'malformed' = 'command') {
  return { kind, name, bytes: bytesOf(`{"execute":"${name}"}`) };
}

describe('strict matching', () => {
  test('takes the recorded order and nothing else', () => {
    const matching = new StrictMatching(plan, stable);
    expect(matching.take(frame('b'))).toBeUndefined();
    expect(matching.take(frame('a'))).toEqual({ place: 0, repeated: false });
    expect(matching.take(frame('a'))).toBeUndefined();
    expect([...matching.left()]).toEqual([2, 4]);
    expect(matching.take(frame('b'))?.place).toBe(2);
    expect(matching.take(frame('a'))?.place).toBe(4);
    expect(matching.take(frame('a'))).toBeUndefined();
    expect([...matching.left()]).toEqual([]);
  });
});
