import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import type { Condition } from '../../src/recording/condition.js';
import type { MessageContext } from '../../src/recording/fields/field.js';
import { errorClass } from '../../src/recording/fields/fields.js';
import { compileMatcher } from '../../src/recording/matcher.js';
import type { Message } from '../../src/recording/message.js';
import { message } from '../support/message.js';

const command = message(
  'command',
  '{"execute":"device_add","arguments":{"driver":"virtio-blk","addr":4,"hotplug":true,"props":[{"a.b":"x"}]},"id":"libvirt-7"}\r\n',
  { name: 'device_add', id: '"libvirt-7"', session: 2, t: 5_000, fds: 1 },
);
const response = message(
  'error',
  '{"id": "libvirt-7", "error": {"class": "DeviceNotFound", "desc": "no VDA"}}\r\n',
  {
    id: '"libvirt-7"',
    command: 'device_add',
    replyTo: 1,
    latency: 80_000,
    t: 85_000,
  },
);
const event = message('event', '{"event": "STOP"}', { name: 'STOP' });
const broken = message('malformed', '{"execute":"device_add"');
const alone: MessageContext = {
  label: undefined,
  file: undefined,
  started: undefined,
  answer: undefined,
  mark: undefined,
};
const context: MessageContext = {
  ...alone,
  label: 'web 1',
  started: 1_000_000,
  mark: { note: 'Slow: Why?' },
};
const answered: MessageContext = { ...alone, answer: { latency: 80_000 } };

function holds(condition: Condition, judged: Message, around: MessageContext = context): boolean {
  return compileMatcher(condition)(judged, around);
}

describe('compileMatcher', () => {
  test('joins conditions', () => {
    const yes: Condition = { op: 'all' };
    const no: Condition = { op: 'not', of: yes };
    expect(holds({ op: 'and', of: [yes, no] }, event)).toBe(false);
    expect(holds({ op: 'and', of: [] }, event)).toBe(true);
    expect(holds({ op: 'or', of: [no, yes] }, event)).toBe(true);
    expect(holds({ op: 'or', of: [] }, event)).toBe(false);
  });

  test('a response is found by its command, nothing else is', () => {
    const condition: Condition = { op: 'glob', field: 'cmd', glob: 'device_*' };
    expect([command, response, event, broken].map((one) => holds(condition, one))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(holds({ op: 'glob', field: 'event', glob: 'S*' }, event)).toBe(true);
    expect(holds({ op: 'glob', field: 'event', glob: '*' }, command)).toBe(false);
    expect(holds({ op: 'glob', field: 'cmd', glob: '*' }, event)).toBe(false);
  });

  test("an error's class", () => {
    expect(holds({ op: 'glob', field: 'class', glob: 'Device*' }, response)).toBe(true);
    expect(holds({ op: 'glob', field: 'class', glob: '*' }, event)).toBe(false);
    expect(errorClass(message('error', '{"error": {"class": 1}}'))).toBeUndefined();
    expect(errorClass(message('error', '{"error": []}'))).toBeUndefined();
    expect(errorClass(message('error', '{"error": {"class": "X"}, "id": inf}'))).toBe('X');
  });

  test('ids are compared without their quotes', () => {
    expect(holds({ op: 'glob', field: 'id', glob: 'libvirt-7' }, command)).toBe(true);
    expect(holds({ op: 'glob', field: 'id', glob: '42' }, message('success', '', { id: '42' }))).toBe(true);
    expect(holds({ op: 'glob', field: 'id', glob: '*' }, event)).toBe(false);
  });

  test.each<[Condition, boolean]>([
    [{ op: 'glob', field: 'label', glob: 'web*' }, true],
    [{ op: 'glob', field: 'label', glob: 'db*' }, false],
    [{ op: 'glob', field: 'kind', glob: 'command' }, true],
    [{ op: 'glob', field: 'dir', glob: 's2c' }, false],
    [{ op: 'compare', field: 'session', is: '=', value: 2 }, true],
    [{ op: 'compare', field: 'session', is: '=', value: 1 }, false],
    [{ op: 'compare', field: 't', is: '<', value: 5_000 }, false],
    [{ op: 'compare', field: 't', is: '<=', value: 5_000 }, true],
    [{ op: 'compare', field: 't', is: '=', value: 5_000 }, true],
    [{ op: 'compare', field: 't', is: '>', value: 4_999 }, true],
    [{ op: 'compare', field: 't', is: '>=', value: 5_001 }, false],
    [{ op: 'compare', field: 'fds', is: '>', value: 0 }, true],
    [{ op: 'flag', field: 'pending' }, true],
    [{ op: 'flag', field: 'marked' }, true],
    [{ op: 'glob', field: 'note', glob: 'slow' }, true],
    [{ op: 'glob', field: 'note', glob: 'why' }, true],
    [{ op: 'glob', field: 'note', glob: 'slow*' }, false],
    [{ op: 'compare', field: 'seq', is: '=', value: 1 }, true],
    [{ op: 'compare', field: 'size', is: '>', value: 100 }, true],
    [{ op: 'compare', field: 'size', is: '<=', value: 100 }, false],
    [{ op: 'compare', field: 'time', is: '=', value: 1_000_005 }, true],
    [{ op: 'compare', field: 'time', is: '<', value: 1_000_005 }, false],
    [{ op: 'text', text: 'VIRTIO' }, true],
    [{ op: 'regex', source: '^\\{.*\\}$', ignoreCase: false }, true],
    [{ op: 'regex', source: 'VIRTIO', ignoreCase: false }, false],
    [{ op: 'regex', source: 'VIRTIO', ignoreCase: true }, true],
  ])('%j: %s', (condition, expected) => {
    expect(holds(condition, command)).toBe(expected);
  });

  test('a label that is not there matches nothing', () => {
    expect(holds({ op: 'glob', field: 'label', glob: '*' }, command, answered)).toBe(false);
  });

  test('a duration belongs to the response and to its command', () => {
    const long: Condition = { op: 'compare', field: 'dur', is: '>', value: 50_000 };
    expect(holds(long, response)).toBe(true);
    expect(holds(long, command, answered)).toBe(true);
    expect(holds(long, command)).toBe(false);
    expect(holds(long, broken, answered)).toBe(false);
    expect(holds({ op: 'not', of: long }, event)).toBe(true);
  });

  test('pending is a command only', () => {
    expect(holds({ op: 'flag', field: 'pending' }, command, answered)).toBe(false);
    expect(holds({ op: 'flag', field: 'pending' }, event)).toBe(false);
  });

  test.each<[string, string, boolean]>([
    ['driver', 'virtio*', true],
    ['driver', '*', true],
    ['addr', '4', true],
    ['hotplug', 'true', true],
    ['props', '[{"a.b":"x"}]', true],
    ['**["a.b"]', 'x', true],
    ['drive', '*', false],
    ['driver', 'scsi*', false],
  ])('argument %s=%s: %s', (path, glob, expected) => {
    expect(holds({ op: 'glob', field: 'arg', path, glob }, command)).toBe(expected);
  });

  test('arguments are those of commands that can be read', () => {
    const any: Condition = { op: 'glob', field: 'arg', path: '**', glob: '*' };
    expect(holds(any, response)).toBe(false);
    expect(holds(any, message('command', '{"execute":"stop"}'))).toBe(false);
    expect(holds(any, message('command', '{"execute":'))).toBe(false);
    expect(holds(any, message('command', '[1]'))).toBe(false);
  });

  test('a path begins below what the message says', () => {
    const paused = message('success', '{"return": {"status": "paused"}, "id": 1}');
    const job = message('event', '{"event": "JOB", "data": {"id": "job0", "status": "paused"}}');
    const where = (field: 'arg' | 'ret' | 'data'): Condition => ({
      op: 'glob',
      field,
      path: 'status',
      glob: 'pau*',
    });
    expect((['arg', 'ret', 'data'] as const).map((field) => holds(where(field), paused))).toEqual([
      false,
      true,
      false,
    ]);
    expect((['arg', 'ret', 'data'] as const).map((field) => holds(where(field), job))).toEqual([
      false,
      false,
      true,
    ]);
    expect(
      holds({ op: 'glob', field: 'ret', path: '**', glob: '3' }, message('success', '{"return": 3}')),
    ).toBe(true);
  });

  test('what has no mark and no session has none of their fields', () => {
    for (const condition of [
      { op: 'flag', field: 'marked' },
      { op: 'glob', field: 'note', glob: '' },
      { op: 'compare', field: 'time', is: '>', value: 0 },
    ] as const)
      expect(holds(condition, command, alone)).toBe(false);
  });

  test('says what cannot be read', () => {
    expect(() => compileMatcher({ op: 'regex', source: '(', ignoreCase: false })).toThrow(UsageError);
    expect(() => compileMatcher({ op: 'glob', field: 'arg', path: 'a..b', glob: '*' })).toThrow(UsageError);
  });
});
