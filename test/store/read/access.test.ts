import { describe, expect, test } from 'vitest';
import type { Condition } from '../../../src/recording/condition.js';
import type { Lookup } from '../../../src/recording/fields/sql.js';
import { chooseAccess } from '../../../src/store/read/access.js';
import { slow } from '../../../src/store/rows/frame-flags.js';

/** Commands 1 to 3, events 4 and 5; `*` of a glob stands for all. */
const lookup: Lookup = {
  names: (event, glob) =>
    glob === 'many' ? Array.from({ length: 33 }, (_, n) => n) : event ? [4, 5] : [1, 2, 3],
  labelled: () => [],
  file: 'a.qmptap',
  hasMarks: () => false,
};

const cmd: Condition = { op: 'glob', field: 'cmd', glob: 'x' };
const event: Condition = { op: 'glob', field: 'event', glob: 'X' };
const pending: Condition = { op: 'flag', field: 'pending' };
const text: Condition = { op: 'text', text: 'x' };
const kind = (glob: string): Condition => ({ op: 'glob', field: 'kind', glob });
const both = (...of: Condition[]): Condition => ({ op: 'and', of });
const either = (...of: Condition[]): Condition => ({ op: 'or', of });
const compared = (
  field: 'dur' | 'fds' | 'session',
  is: '>' | '>=' | '=' | '<',
  value: number,
): Condition => ({
  ...{ op: 'compare', field, is, value },
});

describe('the way to find messages', () => {
  test.each<[string, Condition]>([
    ['pending', pending],
    ['slow', compared('dur', '>', slow)],
    ['with descriptors', compared('fds', '>', 0)],
    ['of a rare kind', kind('greeting')],
    ['of rare kinds', kind('*al*')],
    ['one of two that are', either(pending, kind('sync'))],
    ['both, if one is', both(text, pending)],
  ])('is by the index of flags where all that are meant have one: %s', (_name, where) => {
    expect(chooseAccess(where, undefined, lookup)).toEqual({ by: 'flagged' });
  });

  test.each<[string, Condition, readonly number[]]>([
    ['a command', cmd, [1, 2, 3]],
    ['an event', event, [4, 5]],
    ['either', either(cmd, event), [1, 2, 3, 4, 5]],
    ['both: the fewer', both(cmd, event, text), [4, 5]],
    ['a common kind, named or not', kind('event'), [0, 4, 5]],
  ])('is by names where there are few: %s', (_name, where, names) => {
    expect(chooseAccess(where, undefined, lookup)).toEqual({ by: 'names', names });
  });

  test.each<[string, Condition]>([
    ['a text', text],
    ['fast', compared('dur', '<', slow)],
    ['slow, but not slow enough for the flag', compared('dur', '>', slow - 1)],
    ['without descriptors', compared('fds', '>=', 0)],
    ['not pending', { op: 'not', of: pending }],
    ['one of two, if one may be any', either(pending, text)],
    ['a name or any', either(cmd, text)],
    ['more names than a search each pays for', { op: 'glob', field: 'cmd', glob: 'many' }],
    ['kinds of which some are common', kind('*e*')],
  ])('is a scan else: %s', (_name, where) => {
    expect(chooseAccess(where, undefined, lookup)).toEqual({ by: 'scan' });
  });

  test('is the index of sessions, if no other is better', () => {
    expect(chooseAccess(text, 3, lookup)).toEqual({ by: 'session', session: 3 });
    expect(chooseAccess(both(text, compared('session', '=', 4)), undefined, lookup)).toEqual({
      ...{ by: 'session', session: 4 },
    });
    expect(chooseAccess(cmd, 3, lookup)).toMatchObject({ by: 'names' });
    expect(chooseAccess(compared('session', '>', 4), undefined, lookup)).toEqual({ by: 'scan' });
  });
});
