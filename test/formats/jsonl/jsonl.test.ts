import { expect, test } from 'vitest';
import { messageLine, sessionLine } from '../../../src/formats/jsonl/jsonl.js';
import { latin1, recorded } from '../../support/recorded.js';

const parsed = (line: string) => JSON.parse(line) as Record<string, unknown>;

test('a message has its documented fields', () => {
  const recording = recorded([
    '-> {"execute":"query-status","id":"libvirt-7"}',
    '<- {"return": {}, "id": "libvirt-7"}',
  ]);
  const [command, response] = [...recording.messages()].map((message) =>
    parsed(messageLine(message, 1_795_165_949_127_123)),
  );
  expect(command).toEqual({
    type: 'message',
    session: 1,
    seq: 1,
    dir: 'c2s',
    t: 0.001,
    time: '2026-11-20T09:12:29.128123Z',
    kind: 'command',
    name: 'query-status',
    id: 'libvirt-7',
    fds: 0,
    raw: '{"execute":"query-status","id":"libvirt-7"}\r\n',
  });
  expect(response).toMatchObject({ kind: 'success', replyTo: 1, command: 'query-status', latencyUs: 1000 });
});

test('ids keep every digit', () => {
  const recording = recorded([
    '-> {"execute":"x","id":18446744073709551615}',
    "-> {'execute':'x','id':{'a': 9007199254740993}}",
  ]);
  const lines = [...recording.messages()].map((message) => messageLine(message, 0));
  expect(lines[0]).toContain('"id":18446744073709551615,');
  expect(lines[1]).toContain('9007199254740993');
  for (const line of lines) expect(() => parsed(line)).not.toThrow();
});

test('what QEMU prints and is no JSON becomes a string', () => {
  const recording = recorded(['-> {"execute":"x","id":1e400}', '<- {"return": {}, "id": inf}']);
  const [, response] = [...recording.messages()].map((message) => parsed(messageLine(message, 0)));
  expect(response).toMatchObject({ id: 'inf', replyTo: 1 });
});

test('bytes that are no UTF-8 are base64, and no line holds anything but ASCII', () => {
  const recording = recorded(['-> \xff\xfe', '-> {"execute":"\xc3\xa9\xe2\x80\xae"}']);
  const lines = [...recording.messages()].map((message) => messageLine(message, 0));
  const bytes = lines.map((line) => {
    const { raw, rawBase64 } = parsed(line);
    return raw === undefined ? Buffer.from(rawBase64 as string, 'base64') : Buffer.from(raw as string);
  });
  expect(Buffer.concat(bytes)).toEqual(
    Buffer.from(latin1('\xff\xfe\r\n{"execute":"\xc3\xa9\xe2\x80\xae"}\r\n')),
  );
  for (const line of lines) expect(line).toMatch(/^[\x20-\x7e]+\n$/);
});

test('a session says what its greeting said and how it ended', () => {
  const [session] = recorded([
    '<- {"QMP": {"version": {"qemu": {"micro": 2, "minor": 0, "major": 9}, "package": "p"}, "capabilities": []}}',
  ]).sessions();
  expect(parsed(sessionLine(session!))).toMatchObject({
    type: 'session',
    session: 1,
    dialect: 'qmp',
    qemu: '9.0.2',
    end: 'client-closed',
    duration: 0.002,
    messages: 1,
  });
});
