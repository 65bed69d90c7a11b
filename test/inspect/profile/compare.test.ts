import { describe, expect, test } from 'vitest';
import { compareWithProfile, type ProfileFinding } from '../../../src/inspect/profile/compare.js';
import { Profile } from '../../../src/inspect/profile/profile.js';
import { exchange, type Line, played } from '../../support/conversation.js';

const usual = Array.from({ length: 30 }, (_, at) => [
  ...exchange('query-status', undefined, {}, 1 + (at % 3)),
  ...exchange('device_add', { driver: 'x', id: 'a' }, {}, 5),
]).flat();
const profile = new Profile();
profile.add(played(usual));

const compared = (...lines: Line[][]): readonly ProfileFinding[] =>
  compareWithProfile(profile, played(lines.flat()));

describe('a recording compared with a profile', () => {
  test('has nothing to tell if it is as usual', () => {
    expect(compared(usual)).toEqual([]);
  });

  test('tells what was slower than all but one in a thousand, once, with the slowest', () => {
    const slow = (took: number): Line[] => [
      ...exchange('query-status', undefined, {}, took),
      ...exchange('device_add', { driver: 'x', id: 'a' }, {}, 5),
    ];
    expect(compared(slow(4), slow(20), slow(90), slow(10))).toEqual([
      {
        kind: 'slower',
        command: 'query-status',
        shape: '{}',
        worst: 90e6,
        usual: 3e6,
        longest: 3e6,
        of: 30,
        at: { session: 1, seq: 9 },
        refs: [5, 9, 13].map((seq) => ({ session: 1, seq })),
        count: 3,
      },
    ]);
  });

  test('tells commands, arguments and an order that were never seen', () => {
    const found = compared(
      exchange('device_add', { driver: 'y', id: 'a' }, {}, 5),
      exchange('device_add', { driver: 'x', id: 'a' }, {}, 5),
      exchange('system_reset'),
      exchange('system_reset'),
    );
    expect(found.map(({ kind, command, count, at }) => [kind, command, count, at.seq])).toEqual([
      ['command', 'system_reset', 2, 5],
      ['shape', 'device_add', 1, 1],
      ['order', 'device_add', 1, 1],
      ['order', 'device_add', 1, 3],
    ]);
  });

  test('says nothing of times of which it knows too little', () => {
    const little = new Profile();
    little.add(played(usual.slice(0, 8)));
    expect(compareWithProfile(little, played(exchange('query-status', undefined, {}, 9000)))).toEqual([]);
  });
});
