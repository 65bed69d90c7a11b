import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import type { Condition, MessageContext } from '../../src/recording/condition.js';
import { compileMatcher, errorClass } from '../../src/recording/matcher.js';
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
const context: MessageContext = { label: 'web 1', answer: undefined };
const answered: MessageContext = { label: undefined, answer: { latency: 80_000 } };

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
    const condition: Condition = { op: 'command', glob: 'device_*' };
    expect([command, response, event, broken].map((one) => holds(condition, one))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(holds({ op: 'event', glob: 'S*' }, event)).toBe(true);
    expect(holds({ op: 'event', glob: '*' }, command)).toBe(false);
    expect(holds({ op: 'command', glob: '*' }, event)).toBe(false);
  });

  test("an error's class", () => {
    expect(holds({ op: 'class', glob: 'Device*' }, response)).toBe(true);
    expect(holds({ op: 'class', glob: '*' }, event)).toBe(false);
    expect(errorClass(message('error', '{"error": {"class": 1}}'))).toBeUndefined();
    expect(errorClass(message('error', '{"error": []}'))).toBeUndefined();
    expect(errorClass(message('error', '{"error": {"class": "X"}, "id": inf}'))).toBe('X');
  });

  test('ids are compared without their quotes', () => {
    expect(holds({ op: 'id', glob: 'libvirt-7' }, command)).toBe(true);
    expect(holds({ op: 'id', glob: '42' }, message('success', '', { id: '42' }))).toBe(true);
    expect(holds({ op: 'id', glob: '*' }, event)).toBe(false);
  });

  test.each<[Condition, boolean]>([
    [{ op: 'label', glob: 'web*' }, true],
    [{ op: 'label', glob: 'db*' }, false],
    [{ op: 'kind', kind: 'command' }, true],
    [{ op: 'dir', dir: 's2c' }, false],
    [{ op: 'session', session: 2 }, true],
    [{ op: 'session', session: 1 }, false],
    [{ op: 'time', is: '<', value: 5_000 }, false],
    [{ op: 'time', is: '<=', value: 5_000 }, true],
    [{ op: 'time', is: '=', value: 5_000 }, true],
    [{ op: 'time', is: '>', value: 4_999 }, true],
    [{ op: 'time', is: '>=', value: 5_001 }, false],
    [{ op: 'fds', is: '>', value: 0 }, true],
    [{ op: 'pending' }, true],
    [{ op: 'text', text: 'VIRTIO' }, true],
    [{ op: 'regex', source: '^\\{.*\\}$', ignoreCase: false }, true],
    [{ op: 'regex', source: 'VIRTIO', ignoreCase: false }, false],
    [{ op: 'regex', source: 'VIRTIO', ignoreCase: true }, true],
  ])('%j: %s', (condition, expected) => {
    expect(holds(condition, command)).toBe(expected);
  });

  test('a label that is not there matches nothing', () => {
    expect(holds({ op: 'label', glob: '*' }, command, answered)).toBe(false);
  });

  test('a duration belongs to the response and to its command', () => {
    const long: Condition = { op: 'duration', is: '>', value: 50_000 };
    expect(holds(long, response)).toBe(true);
    expect(holds(long, command, answered)).toBe(true);
    expect(holds(long, command)).toBe(false);
    expect(holds(long, broken, answered)).toBe(false);
    expect(holds({ op: 'not', of: long }, event)).toBe(true);
  });

  test('pending is a command only', () => {
    expect(holds({ op: 'pending' }, command, answered)).toBe(false);
    expect(holds({ op: 'pending' }, event)).toBe(false);
  });

  test.each<[string, string | undefined, boolean]>([
    ['driver', 'virtio*', true],
    ['driver', undefined, true],
    ['addr', '4', true],
    ['hotplug', 'true', true],
    ['props', '[{"a.b":"x"}]', true],
    ['**["a.b"]', 'x', true],
    ['drive', undefined, false],
    ['driver', 'scsi*', false],
  ])('argument %s=%s: %s', (path, glob, expected) => {
    expect(holds({ op: 'argument', path, glob }, command)).toBe(expected);
  });

  test('arguments are those of commands that can be read', () => {
    const any: Condition = { op: 'argument', path: '**', glob: undefined };
    expect(holds(any, response)).toBe(false);
    expect(holds(any, message('command', '{"execute":"stop"}'))).toBe(false);
    expect(holds(any, message('command', '{"execute":'))).toBe(false);
    expect(holds(any, message('command', '[1]'))).toBe(false);
  });

  test('says what cannot be read', () => {
    expect(() => compileMatcher({ op: 'regex', source: '(', ignoreCase: false })).toThrow(UsageError);
    expect(() => compileMatcher({ op: 'argument', path: 'a..b', glob: undefined })).toThrow(UsageError);
  });
});
