import { describe, expect, test } from 'vitest';
import { checkCommand, explainMessage } from '../../../src/inspect/schema/schema-check.js';
import { fromPlain } from '../../../src/json/value.js';
import { decodeSchema } from '../../../src/qmp/schema.js';
import { message } from '../../support/message.js';
import { entries } from '../../support/schema.js';

const schema = decodeSchema(fromPlain(entries))!;

function found(name: string, given?: unknown, verb = 'execute'): readonly string[] {
  const text = JSON.stringify({ [verb]: name, arguments: given });
  return checkCommand(schema, message('command', text, { name })).map(({ issue, path, text: what }) =>
    issue === 'wrong' ? `${path}: ${what}` : `${issue} ${path}: ${what}`,
  );
}

describe('checkCommand', () => {
  test.each<[string, unknown, ...string[]]>([
    ['stop', undefined],
    ['stop', {}],
    ['stop', { force: true }, 'arguments.force: unknown'],
    ['stop', [1], 'arguments: must be an object, is a list'],
    ['stpo', {}, "absent execute: this server has no command 'stpo'; did you mean 'stop'?"],
    ['old', {}, "deprecated execute: 'old' is deprecated"],
    ['device_add', { driver: 'virtio-blk', bootindex: 1 }],
    ['device_add', { id: 1 }, 'arguments.id: must be a string, is an integer', 'arguments.driver: missing'],
    ['blockdev-add', { driver: 'file', filename: 'x', size: 1, ratio: 0.5 }],
    [
      'blockdev-add',
      { driver: 'file', filename: 'x', size: 1.5 },
      'arguments.size: must be an integer, is a number',
    ],
    [
      'blockdev-add',
      { driver: 'file', filename: 'x', ratio: '1' },
      'arguments.ratio: must be a number, is a string',
    ],
    [
      'blockdev-add',
      { driver: 'file', filname: 'x' },
      "arguments.filname: unknown; did you mean 'filename'?",
      'arguments.filename: missing',
    ],
    [
      'blockdev-add',
      { driver: 'fiel' },
      "arguments.driver: 'fiel' is not one of 'file', 'qcow2', 'null-co'; did you mean 'file'?",
    ],
    ['blockdev-add', { driver: 7 }, 'arguments.driver: must be a string, is an integer'],
    ['blockdev-add', {}, 'arguments.driver: missing'],
    ['blockdev-add', { driver: 'null-co' }, "unstable arguments.driver: value 'null-co' is unstable"],
    [
      'blockdev-add',
      { driver: 'null-co', filename: 'x' },
      "unstable arguments.driver: value 'null-co' is unstable",
      'arguments.filename: unknown',
    ],
    [
      'blockdev-add',
      { driver: 'file', filename: 'x', 'read-only': 'on' },
      'arguments.read-only: must be true or false, is a string',
      'deprecated arguments.read-only: is deprecated',
    ],
    ['blockdev-add', { driver: 'qcow2', file: 'node0' }],
    ['blockdev-add', { driver: 'qcow2', file: null, tags: ['a'] }],
    ['blockdev-add', { driver: 'qcow2', file: { driver: 'file' } }, 'arguments.file.filename: missing'],
    [
      'blockdev-add',
      { driver: 'qcow2', file: 5 },
      'arguments.file: must be object or str or null, is an integer',
    ],
    [
      'blockdev-add',
      { driver: 'qcow2', file: 'x', tags: ['a', 2] },
      'arguments.tags[1]: must be a string, is an integer',
    ],
    [
      'blockdev-add',
      { driver: 'qcow2', file: 'x', tags: 'a' },
      'arguments.tags: must be a list, is a string',
    ],
  ])('%s %j', (name, given, ...expected) => {
    expect(found(name, given)).toEqual(expected);
  });

  test('knows what may be sent out-of-band', () => {
    expect(found('yank', {}, 'exec-oob')).toEqual([]);
    expect(found('stop', {}, 'exec-oob')).toEqual(["exec-oob: 'stop' cannot be executed out-of-band"]);
  });

  test('integers are what QEMU takes for one', () => {
    const size = (text: string): unknown =>
      checkCommand(
        schema,
        message(
          'command',
          `{"execute":"blockdev-add","arguments":{"driver":"file","filename":"x","size":${text}}}`,
          {
            name: 'blockdev-add',
          },
        ),
      ).length;
    expect(['1', '18446744073709551615', '-1'].map(size)).toEqual([0, 0, 0]);
    expect(['1.0', '1e3', '18446744073709551616'].map(size)).toEqual([1, 1, 1]);
  });

  test('has nothing to say of what is no command', () => {
    expect(checkCommand(schema, message('malformed', '{'))).toEqual([]);
    expect(checkCommand(schema, message('command', '{', { name: 'stop' }))).toEqual([]);
    expect(checkCommand(schema, message('event', '{"event":"X"}', { name: 'X' }))).toEqual([]);
  });
});

describe('explainMessage', () => {
  test('gives each argument its type, and says what is wrong', () => {
    const text = '{"execute":"blockdev-add","arguments":{"driver":"qcow2","file":{"driver":"file","x":1}}}';
    const members = explainMessage(schema, message('command', text, { name: 'blockdev-add' }));
    expect(
      members.map(({ path, depth, value, type, findings }) => [
        path,
        depth,
        value,
        type,
        findings.map((one) => one.text),
      ]),
    ).toEqual([
      ['arguments', 0, '{…}', 'object', []],
      ['arguments.driver', 1, '"qcow2"', 'enum', []],
      ['arguments.file', 1, '{…}', 'object or str or null', []],
      ['arguments.file.driver', 2, '"file"', 'enum', []],
      ['arguments.file.x', 2, '1', 'unknown', ['unknown']],
      ['arguments.file.filename', 2, undefined, 'str', ['missing']],
    ]);
  });

  test('of a command that is deprecated or not there', () => {
    const explained = (name: string): unknown =>
      explainMessage(schema, message('command', `{"execute":"${name}"}`, { name })).map(
        ({ path, value, type }) => [path, value, type],
      );
    expect(explained('old')).toEqual([
      ['execute', 'old', 'command'],
      ['arguments', '{}', 'object'],
    ]);
    expect(explained('nope')).toEqual([['execute', 'nope', 'command']]);
  });

  test('of responses and events', () => {
    const returned = message('success', '{"return": [{"id": "j", "status": "odd"}], "id": 1}', {
      command: 'query-jobs',
    });
    expect(
      explainMessage(schema, returned).map(({ path, type, findings }) => [path, type, findings.length]),
    ).toEqual([
      ['return', '[object]', 0],
      ['return[0]', 'object', 0],
      ['return[0].id', 'str', 0],
      ['return[0].status', 'enum', 1],
    ]);
    const event = message(
      'event',
      '{"event": "JOB_STATUS_CHANGE", "data": {"id": "j", "status": "running"}}',
      {
        name: 'JOB_STATUS_CHANGE',
      },
    );
    expect(explainMessage(schema, event).map(({ path }) => path)).toEqual(['data', 'data.id', 'data.status']);
    expect(explainMessage(schema, message('event', '{"event": "X"}', { name: 'X' }))).toEqual([]);
    expect(explainMessage(schema, message('error', '{"error": {}}', { command: 'stop' }))).toEqual([]);
  });

  test('is bounded', () => {
    const many = JSON.stringify({
      return: Array.from({ length: 10_000 }, () => ({ id: 'x'.repeat(300), status: 'running' })),
    });
    const members = explainMessage(schema, message('success', many, { command: 'query-jobs' }));
    expect(members).toHaveLength(5_000);
    expect(members[2]?.value?.length).toBeLessThan(210);
  });
});
