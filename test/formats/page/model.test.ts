import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFilter } from '../../../src/inspect/filter/filter.js';
import { pageFields } from '../../../src/formats/page/markup.js';
import type { MemoryRecording } from '../../../src/recording/memory.js';
import { exchange, played } from '../../support/conversation.js';
import { scriptOf } from '../../support/exported-page.js';

interface PageMessage {
  readonly session: number;
  readonly seq: number;
  readonly answer?: PageMessage;
}
interface Model {
  readonly messages: readonly PageMessage[];
  readonly filterTest: (text: string) => (message: PageMessage) => boolean;
  readonly textOf: (message: PageMessage) => string;
  readonly idOf: (message: PageMessage) => string | undefined;
  readonly nameOf: (message: PageMessage) => string;
  readonly duration: (micros: number) => string;
  readonly globTest: (glob: string) => (text: string | undefined) => boolean;
}

const names = ['messages', 'filterTest', 'textOf', 'idOf', 'nameOf', 'duration', 'globTest'];
const modelOf = (recording: MemoryRecording): Model => scriptOf(recording, [], names) as Model;

const recording = played(
  [
    ['<-', { QMP: {} }],
    ...exchange('query-block', { x: 'Disk' }, [], 20),
    ...exchange('query-status', undefined, {}, 1500),
    ['->', { execute: 'device_del', id: 'libvirt-7' }],
    ['<-', { error: { class: 'DeviceNotFound', desc: 'no "disk"' }, id: 'libvirt-7' }, 300],
    ['<-', { event: 'STOP' }],
  ],
  [
    ['->', { execute: 'query-block', id: 12 }],
    ['<-', '}'],
    ['<-', { event: 'RESUME' }],
    ['->', Uint8Array.of(0x7b, 0xff)],
  ],
);
const page = modelOf(recording);

describe('the filter of the page', () => {
  test('finds what the filter of qmptap finds', () => {
    const terms = [
      ...[
        'cmd:query-*',
        'cmd:*',
        'cmd:device_del',
        'event:STOP',
        'event:*E*',
        'kind:error',
        'kind:*e*',
        'dir:c2s',
      ],
      ...[
        'id:libvirt-7',
        'id:12',
        'session:2',
        'dur>50ms',
        'dur<=1s',
        'dur>1s',
        't>1s',
        't<20ms',
        'fds',
        'fds=0',
      ],
      ...['pending', 'marked', 'note:x', 'disk', '"execute"', 'QUERY', 'nothing'],
    ];
    const keys = new Set(terms.map((term) => /^[a-z]+/.exec(term)?.[0]));
    expect(pageFields.filter((field) => !keys.has(field))).toEqual([]);
    const term = fc
      .tuple(fc.constantFrom('', 'not '), fc.constantFrom(...terms))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(term, { maxLength: 3 }), (parts) => {
        const filter = parts.join(' ');
        const expected = Array.from(
          recording.messages({ where: parseFilter(filter) }),
          ({ session, seq }) => `${session}:${seq}`,
        );
        const found = page.messages
          .filter(page.filterTest(filter))
          .map(({ session, seq }) => `${session}:${seq}`);
        expect(found).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test('a glob is as long as what it stands for', () => {
    const fits = (glob: string, text: string): boolean => page.globTest(glob)(text);
    expect([
      fits('a*a', 'a'),
      fits('a*a', 'aa'),
      fits('*b*', 'abc'),
      fits('a*b*c', 'axbxc'),
      fits('a', 'ab'),
    ]).toEqual([false, true, true, true, false]);
    expect(page.globTest('*')(undefined)).toBe(false);
  });
});

test('a command knows its answer', () => {
  expect(
    page.messages.map(({ seq, answer }) => [seq, answer?.seq]).filter(([, answer]) => answer !== undefined),
  ).toEqual([
    [2, 3],
    [4, 5],
    [6, 7],
  ]);
});

test('bytes that are no text are shown as such, ids as they are spelled', () => {
  expect(page.textOf(page.messages.at(-1)!)).toContain('{\\xff');
  const long = modelOf(played([['->', '{"execute":"a","id":9007199254740993}']]));
  expect(long.idOf(long.messages[0]!)).toBe('9007199254740993');
  expect(page.idOf(page.messages[5]!)).toBe('libvirt-7');
  expect(page.nameOf(page.messages[2]!)).toBe('query-block');
});

test('durations', () => {
  expect([1, 999, 1500, 25_000, 1_500_000, 65_000_000].map(page.duration)).toEqual([
    '1us',
    '999us',
    '1.5ms',
    '25ms',
    '1.50s',
    '65.0s',
  ]);
});
