import { describe, expect, test } from 'vitest';
import { abaPlan, bytesOf, clientFrame, contentMatching, planned } from '../playbook.js';

describe('content matching', () => {
  test('takes any order, and of equal ones that which fits', () => {
    const { matching, progress } = contentMatching(abaPlan);
    expect(matching.take(clientFrame('b'))?.place).toBe(2);
    progress.reached(2);
    progress.happened(2);
    expect(matching.take(clientFrame('b'))).toBeUndefined();
    expect(matching.take(clientFrame('a'))?.place).toBe(4);
    expect([...matching.left()]).toEqual([0]);
    expect(matching.take(clientFrame('a'))?.place).toBe(0);
    expect(matching.take(clientFrame('a'))).toBeUndefined();
    expect(matching.take(clientFrame('c'))).toBeUndefined();
  });

  test('repeats the last where it may', () => {
    const { matching } = contentMatching(abaPlan, (name) => name === 'a');
    const places = [1, 2, 3].map(() => matching.take(clientFrame('a')));
    expect(places).toEqual([
      { place: 0, repeated: false },
      { place: 0, repeated: true },
      { place: 0, repeated: true },
    ]);
    matching.take(clientFrame('b'));
    expect(matching.take(clientFrame('b'))).toBeUndefined();
  });

  test('gives those that fit alike one after the other, and a question the last again', () => {
    const poll = (progress: number) =>
      `-> {"execute":"query-jobs"}\n<- {"return": [{"id": "j", "current-progress": ${progress}}]}`;
    const { matching } = contentMatching(planned([1, 2, 3].map(poll).join('\n')));
    const places = [1, 2, 3, 4, 5].map(() => matching.take(clientFrame('query-jobs')));
    expect(places.map((match) => [match?.place, match?.repeated])).toEqual([
      [0, false],
      [2, false],
      [4, false],
      [4, true],
      [4, true],
    ]);
  });

  test('of many equal ones finds any, in little time', () => {
    const many = Array.from({ length: 1000 }, () => '-> {"execute":"stop"}\n<- {"return": {}}').join('\n');
    const { matching } = contentMatching(planned(many));
    const taken = Array.from({ length: 1001 }, () => matching.take(clientFrame('stop'))?.place);
    expect(taken.pop()).toBeUndefined();
    expect(new Set(taken).size).toBe(1000);
  });
});

describe('a spelling that came before', () => {
  test('is known again, whatever the id, and only then', () => {
    const { matching, progress } = contentMatching(abaPlan);
    const said = (text: string) => matching.takeSpelled(bytesOf(text));
    expect(said('{"execute":"a"}')).toBeUndefined();
    expect(
      matching.take({ kind: 'command', name: 'a', bytes: bytesOf('{"execute":"a","id":1}') })?.place,
    ).toBe(0);
    progress.happened(0);
    expect(said('{"execute":"a","id":"\\z"}')).toBeUndefined();
    expect(said('{"execute":"a","id":"other"}\r\n')?.place).toBe(4);
    expect(said('{"execute":"a","id":"more"}')).toBeUndefined();
  });
});
