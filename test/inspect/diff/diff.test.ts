import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DiffEntry, diffSessions, type SessionDiff } from '../../../src/inspect/diff/diff.js';
import { Unstable } from '../../../src/recording/unstable.js';
import { exchange, type Line, played } from '../../support/conversation.js';

const event = (name: string, data: object = {}, seconds = 1): Line => [
  '<-',
  { timestamp: { seconds, microseconds: 0 }, event: name, data },
];
const greeting = (micro: number): Line => [
  '<-',
  { QMP: { version: { qemu: { micro, minor: 2, major: 7 } } } },
];

function diff(a: readonly Line[], b: readonly Line[], ...ignore: string[]): SessionDiff {
  const side = (lines: readonly Line[]): Parameters<typeof diffSessions>[0] => ({
    reader: played(lines),
    session: 1,
  });
  return diffSessions(side(a), side(b), new Unstable(ignore));
}

const entries = (...args: Parameters<typeof diff>): readonly DiffEntry[] => diff(...args).entries;

const boot = [
  greeting(1),
  ...exchange('qmp_capabilities'),
  ...exchange('query-cpus-fast', undefined, [{ 'cpu-index': 0, 'thread-id': 17 }]),
  ...exchange('device_add', { driver: 'a', id: 'x' }),
  event('RESUME', {}, 5),
  ...exchange('query-status', undefined, { status: 'running' }),
];

describe('diffSessions', () => {
  test('two sessions of the same are the same: times, ids and what is declared unstable are left out', () => {
    const other = [
      greeting(1),
      ...exchange('qmp_capabilities', undefined, {}, 40),
      ['->', { id: 'other-2', execute: 'query-cpus-fast' }] as Line,
      ['<-', { return: [{ 'thread-id': 99, 'cpu-index': 0 }], id: 'other-2' }] as Line,
      ...exchange('device_add', { id: 'x', driver: 'a' }),
      event('RESUME', {}, 77),
      ...exchange('query-status', undefined, { status: 'running' }),
    ];
    expect(diff(boot, other)).toEqual({
      a: 1,
      b: 1,
      exchanges: { a: 4, b: 4, same: 4 },
      events: { a: 1, b: 1, same: 1 },
      entries: [],
    });
  });

  test('an inserted and a removed exchange are told as that', () => {
    const without = boot.toSpliced(3, 2);
    expect(entries(boot, without)).toEqual([
      { change: 'removed', type: 'exchange', name: 'query-cpus-fast', a: 4, b: undefined, differences: [] },
    ]);
    expect(entries(without, boot)).toEqual([
      { change: 'added', type: 'exchange', name: 'query-cpus-fast', a: undefined, b: 4, differences: [] },
    ]);
  });

  test('an exchange elsewhere has moved', () => {
    const moved = [...boot.slice(0, 3), ...boot.slice(5), ...boot.slice(3, 5)];
    expect(entries(boot, moved)).toMatchObject([
      { change: 'moved', name: 'query-cpus-fast', a: 4, differences: [] },
    ]);
  });

  test('other arguments and other answers are told by path', () => {
    const other = boot.with(5, [
      '->',
      { execute: 'device_add', arguments: { driver: 'b', id: 'x', bus: 'y' } },
    ]);
    other[9] = ['<-', { error: { class: 'GenericError', desc: 'no' } }];
    expect(entries(boot, other)).toEqual([
      {
        change: 'changed',
        type: 'exchange',
        name: 'device_add',
        a: 6,
        b: 6,
        differences: [
          { path: 'arguments.driver', expected: '"a"', actual: '"b"' },
          { path: 'arguments.bus', expected: undefined, actual: '"y"' },
        ],
      },
      {
        change: 'changed',
        type: 'exchange',
        name: 'query-status',
        a: 9,
        b: 9,
        differences: [
          { path: 'return', expected: '{"status": "running"}', actual: undefined },
          { path: 'error', expected: undefined, actual: '{"class": "GenericError", "desc": "no"}' },
        ],
      },
    ]);
  });

  test('paths can be left out', () => {
    const other = boot.with(5, ['->', { execute: 'device_add', arguments: { driver: 'b', id: 'x' } }]);
    expect(entries(boot, other, 'arguments.driver')).toEqual([]);
    expect(entries(boot, boot.with(0, greeting(2)), 'QMP.**')).toEqual([]);
  });

  test('greetings, events and their data count', () => {
    const other = boot.with(0, greeting(2)).with(7, event('RESUME', { x: 1 }));
    expect(entries(boot, other)).toMatchObject([
      { change: 'changed', type: 'greeting', differences: [{ path: 'QMP.version.qemu.micro' }] },
      { change: 'changed', type: 'event', name: 'RESUME', differences: [{ path: 'data.x', actual: '1' }] },
    ]);
  });

  test('a command that one side did not answer', () => {
    expect(entries(boot, boot.slice(0, -1))).toMatchObject([
      { name: 'query-status', differences: [{ path: '(response)', actual: undefined }] },
    ]);
  });

  test('what is no message is compared as text', () => {
    const answered: Line[] = [
      ['->', '}x'],
      ['<-', '{"error": {}}'],
    ];
    expect(entries(answered, [['->', '}y']])).toMatchObject([
      { change: 'changed', type: 'other', differences: [{ path: '(response)', actual: undefined }] },
      { change: 'changed', type: 'other', differences: [{ path: '(text)', expected: 'x', actual: 'y' }] },
    ]);
  });

  test('schemas are not compared by path', () => {
    const schema = (name: string): Line[] =>
      exchange('query-qmp-schema', undefined, [{ name, 'meta-type': 'command' }]);
    expect(entries(schema('a'), schema('b'))).toMatchObject([
      { differences: [{ path: 'return', expected: 'a schema', actual: 'another one' }] },
    ]);
  });

  test('are the same as themselves, whatever they hold; and a difference is seen from both sides', () => {
    const line = fc.oneof(
      fc.constantFrom('a', 'b', 'c').map((name): Line[] => exchange(name, { n: 1 })),
      fc.nat(3).map((n): Line[] => exchange('poll', undefined, { n })),
      fc.constantFrom('X', 'Y').map((name): Line[] => [event(name)]),
      fc.constant<Line[]>([['->', '}']]),
      fc.constant<Line[]>([['<-', '}']]),
    );
    const session = fc.array(line, { maxLength: 12 }).map((lines) => lines.flat());
    fc.assert(
      fc.property(session, session, (a, b) => {
        expect(entries(a, a)).toEqual([]);
        const [there, back] = [entries(a, b), entries(b, a)];
        expect(there.length === 0).toBe(back.length === 0);
        // Whether what the server says by itself comes before a command or after it is a matter of time.
        const apart = (lines: readonly Line[]): string => {
          const isTold = ([arrow, said]: Line): boolean =>
            arrow === '<-' && (said === '}' || JSON.stringify(said).includes('event'));
          return JSON.stringify([lines.filter(isTold), lines.filter((one) => !isTold(one))]);
        };
        if (there.length === 0) expect(apart(a)).toBe(apart(b));
      }),
      { numRuns: 100 },
    );
  });
});
