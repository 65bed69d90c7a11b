import { expect, test } from 'vitest';
import { viewRow } from '../../../src/inspect/view/view-row.js';
import type { Message, MessageKind } from '../../../src/recording/message.js';
import { message } from '../../support/message.js';

const telling = (kind: MessageKind, text: string, fields: Partial<Message> = {}): string[] => {
  const row = viewRow(message(kind, text, fields), undefined);
  return [row.title, row.telling];
};

test.each<[MessageKind, string, Partial<Message>, string[]]>([
  ['command', '{"execute": "cont", "id": 1}\r\n', { name: 'cont' }, ['cont', '']],
  ['command', `{'arguments': {'id': 'x'}, 'execute': 'e'}`, { name: 'e' }, ['e', "{'id': 'x'}"]],
  ['success', '{"return": {"a": 1}, "id": 1}', { command: 'e' }, ['e', '{"a": 1}']],
  [
    'error',
    '{"id": 1, "error": {"class": "C", "desc": "d: \\"q\\""}}',
    {},
    ['(no command)', 'C: d: \\"q\\"'],
  ],
  ['event', '{"event": "E", "data": {"x": []}}', { name: 'E' }, ['E', '{"x": []}']],
  ['greeting', '{"QMP": {"version": 1}}', {}, ['greeting', '{"version": 1}']],
  ['malformed', '}{ \u001b', {}, ['malformed', '}{ \\u001b']],
  ['sync', '\u00ff', {}, ['sync byte', '\u00ff']],
])('%s %s', (kind, text, fields, expected) => {
  expect(telling(kind, text, fields)).toEqual(expected);
});

test('a row is small, however large the message', () => {
  const row = viewRow(message('success', `{"return": "${'é'.repeat(500_000)}"}`), undefined);
  expect(row.telling.length).toBeLessThan(500);
  expect(row.telling.endsWith('é')).toBe(true);
  expect(row.size).toBe(1_000_014);
  expect('raw' in row).toBe(false);
});

test('a command knows of its answer', () => {
  const command = message('command', '{"execute": "e"}');
  expect(viewRow(command, undefined).answer).toBeUndefined();
  expect(viewRow(command, message('success', '{}', { latency: 7 })).answer).toEqual({ latency: 7 });
});
