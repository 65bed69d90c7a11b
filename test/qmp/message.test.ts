import { describe, expect, test } from 'vitest';
import { classifyClient, classifyServer } from '../../src/qmp/message.js';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (unit) => unit.charCodeAt(0));
const client = (text: string, problem?: string) => classifyClient(bytes(text), problem);
const server = (text: string, problem?: string) => classifyServer(bytes(text), problem);

describe('classifyClient', () => {
  test.each([
    [
      '{"execute":"query-status","id":"libvirt-7"}\r\n',
      { kind: 'command', name: 'query-status', id: '"libvirt-7"', oob: false },
    ],
    ["{'execute':'query-name','id':'a\"b'}", { kind: 'command', name: 'query-name', id: '"a\\"b"' }],
    [
      '{"exec-oob":"migrate-pause","id":18446744073709551615}',
      { kind: 'command', name: 'migrate-pause', id: '18446744073709551615', oob: true },
    ],
    ['{"execute":"x","id":{"b":1,"a":[2]}}', { id: '{"b":1,"a":[2]}' }],
    ['{"execute":"x\\u002dy"}', { name: 'x-y' }],
    ['{}', { kind: 'command', name: undefined, problem: "QMP input lacks member 'execute'" }],
    ['[]', { kind: 'command', name: undefined, problem: 'QMP input must be a JSON object' }],
    [
      '{"execute":1}',
      { kind: 'command', name: undefined, problem: "QMP input member 'execute' must be a string" },
    ],
    [
      '{"execute":"a","exec-oob":"b"}',
      { kind: 'command', problem: "QMP input member 'execute' clashes with 'exec-oob'" },
    ],
    ['{"execute":"a","execute":"b"}', { kind: 'malformed', problem: 'JSON parse error, duplicate key' }],
    [',', { kind: 'malformed', problem: 'JSON parse error, expecting value' }],
  ])('%s', (text, expected) => {
    expect(client(text)).toMatchObject(expected);
  });

  test('a lone 0xFF resets the parser; with anything before it, it is a malformed message', () => {
    expect(client('\xff', "stray '\\uFFFD'").kind).toBe('sync');
    expect(client('\xff\r\n', "stray '\\uFFFD'").kind).toBe('sync');
    expect(client('{"execute":"query-na\xff', 'stray')).toMatchObject({
      kind: 'malformed',
      problem: 'stray',
    });
  });
});

describe('classifyServer', () => {
  test.each([
    ['{"QMP": {"version": {}, "capabilities": ["oob"]}}\r\n', { kind: 'greeting' }],
    ['{"return": {}, "id": "libvirt-1"}\r\n', { kind: 'success', id: '"libvirt-1"' }],
    ['{"id": 5, "error": {"class": "GenericError", "desc": "x"}}\r\n', { kind: 'error', id: '5' }],
    [
      '{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}\r\n',
      { kind: 'event', name: 'STOP' },
    ],
    ['{"return": "OK"}', { kind: 'success' }],
    ['{ "error": { "class": "E", "data": {} }, "id": 1 }', { kind: 'error', id: '1' }],
    ['{"return": {}, "id": inf}\r\n', { kind: 'success', id: 'inf' }],
    ['{"return": {"event": "STOP", "QMP": 1}}', { kind: 'success', name: undefined }],
    ['{"hello": 1}', { kind: 'malformed', problem: 'neither greeting, event nor response' }],
    ['[1]', { kind: 'malformed' }],
  ])('%s', (text, expected) => {
    expect(server(text)).toMatchObject(expected);
  });

  test('0xFF before a response of the guest agent is a sync', () => {
    expect(server('\xff', "stray '\\uFFFD'").kind).toBe('sync');
  });
});
