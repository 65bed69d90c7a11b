import { describe, expect, test } from 'vitest';
import { Unstable } from '../../../src/recording/unstable.js';
import { inputAfter, matchKey } from '../../../src/replay/match/match.js';
import { abaPlan, bytesOf } from '../playbook.js';

function key(text: string, name?: string, ignore: string[] = []): string {
  return matchKey({ name, bytes: bytesOf(text) }, new Unstable(ignore));
}

describe('the key of a command', () => {
  test('does not see ids, the order of members, white space and the spelling of numbers', () => {
    const one = key('{"execute":"x","arguments":{"a":1.0,"b":[1,2]},"id":1}');
    expect(key('{"id":"y","arguments":{"b":[1,2],"a":1},\r\n"execute":"x"}')).toBe(one);
    expect(key(`{'execute':'x','arguments':{'a':1e0,'b':[1,2]}}`)).toBe(one);
    expect(key('{"execute":"x","arguments":{"a":1,"b":[2,1]}}')).not.toBe(one);
  });

  test('does see every digit', () => {
    expect(key('{"execute":"x","arguments":{"a":9223372036853727232}}')).not.toBe(
      key('{"execute":"x","arguments":{"a":9223372036853727233}}'),
    );
  });

  test('does not see what is ignored or unstable', () => {
    const ignore = ['arguments.node-name', '**.fd'];
    expect(key('{"execute":"x","arguments":{"node-name":"a","o":[{"fd":1}]}}', 'x', ignore)).toBe(
      key('{"execute":"x","arguments":{"node-name":"b","o":[{"fd":2}]}}', 'x', ignore),
    );
    expect(key('{"execute":"guest-sync","arguments":{"id":1}}', 'guest-sync')).toBe(
      key('{"execute":"guest-sync","arguments":{"id":2}}', 'guest-sync'),
    );
  });

  test('of garbage is its bytes, without what the parser discarded behind it', () => {
    expect(key('\xff@@@\r\n')).toBe(key('\xff'));
    expect(key('{]\r\n')).toBe(key('{]'));
    expect(key('{]')).not.toBe(key('[}'));
    expect(key('[1, 2]')).toBe(key('[1,2]\n'));
  });
});

test('half a message is no input', () => {
  expect([-1, 0, 2, 4].map((place) => inputAfter(abaPlan, place))).toEqual([0, 2, 4, abaPlan.steps.length]);
});
