import { describe, expect, test } from 'vitest';
import { Unstable } from '../../src/recording/unstable.js';
import { ContentMatching } from '../../src/replay/content-matching.js';
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

describe('content matching', () => {
  test('takes any order, and equal ones in turn', () => {
    const matching = new ContentMatching(plan, stable, () => false);
    expect(matching.take(frame('b'))?.place).toBe(2);
    expect(matching.take(frame('b'))).toBeUndefined();
    expect(matching.take(frame('a'))?.place).toBe(0);
    expect([...matching.left()]).toEqual([4]);
    expect(matching.take(frame('a'))?.place).toBe(4);
    expect(matching.take(frame('a'))).toBeUndefined();
    expect(matching.take(frame('c'))).toBeUndefined();
  });

  test('repeats the last where it may', () => {
    const matching = new ContentMatching(plan, stable, (name) => name === 'a');
    const places = [1, 2, 3, 4].map(() => matching.take(frame('a')));
    expect(places).toEqual([
      { place: 0, repeated: false },
      { place: 4, repeated: false },
      { place: 4, repeated: true },
      { place: 4, repeated: true },
    ]);
    matching.take(frame('b'));
    expect(matching.take(frame('b'))).toBeUndefined();
  });
});

describe('a spelling that came before', () => {
  test('is known again, whatever the id, and only then', () => {
    const matching = new ContentMatching(plan, stable, () => false);
    const said = (text: string) => matching.takeSpelled(bytesOf(text));
    expect(said('{"execute":"a"}')).toBeUndefined();
    expect(
      matching.take({ kind: 'command', name: 'a', bytes: bytesOf('{"execute":"a","id":1}') })?.place,
    ).toBe(0);
    expect(said('{"execute":"a","id":"\\z"}')).toBeUndefined();
    expect(said('{"execute":"a","id":"other"}\r\n')?.place).toBe(4);
    expect(said('{"execute":"a","id":"more"}')).toBeUndefined();
  });
});
