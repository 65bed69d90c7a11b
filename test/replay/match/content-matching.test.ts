import { describe, expect, test } from 'vitest';
import { Unstable } from '../../../src/recording/unstable.js';
import { ContentMatching } from '../../../src/replay/match/content-matching.js';
import { abaPlan, bytesOf, clientFrame } from '../playbook.js';

const stable = new Unstable();

describe('content matching', () => {
  test('takes any order, and equal ones in turn', () => {
    const matching = new ContentMatching(abaPlan, stable, () => false);
    expect(matching.take(clientFrame('b'))?.place).toBe(2);
    expect(matching.take(clientFrame('b'))).toBeUndefined();
    expect(matching.take(clientFrame('a'))?.place).toBe(0);
    expect([...matching.left()]).toEqual([4]);
    expect(matching.take(clientFrame('a'))?.place).toBe(4);
    expect(matching.take(clientFrame('a'))).toBeUndefined();
    expect(matching.take(clientFrame('c'))).toBeUndefined();
  });

  test('repeats the last where it may', () => {
    const matching = new ContentMatching(abaPlan, stable, (name) => name === 'a');
    const places = [1, 2, 3, 4].map(() => matching.take(clientFrame('a')));
    expect(places).toEqual([
      { place: 0, repeated: false },
      { place: 4, repeated: false },
      { place: 4, repeated: true },
      { place: 4, repeated: true },
    ]);
    matching.take(clientFrame('b'));
    expect(matching.take(clientFrame('b'))).toBeUndefined();
  });
});

describe('a spelling that came before', () => {
  test('is known again, whatever the id, and only then', () => {
    const matching = new ContentMatching(abaPlan, stable, () => false);
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
