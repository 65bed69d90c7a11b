import { expect, test } from 'vitest';
import { parsedObject, SecretAnswers } from '../../src/redact/secret-answers.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function asked(name: string, args: unknown): string | undefined {
  const answers = new SecretAnswers();
  answers.ask({ session: 1, seq: 2, name, raw: bytes(JSON.stringify({ execute: name, arguments: args })) });
  return answers.of({ session: 1, replyTo: 2, late: undefined })?.what;
}

test('a command tells whether its answer is a secret', () => {
  expect(asked('qom-get', { path: '/o', property: 'data' })).toBe('a secret object');
  expect(asked('qom-get', { path: '/o', property: 'format' })).toBeUndefined();
  expect(asked('human-monitor-command', { 'command-line': 'ringbuf_read r 9' })).toBe(
    'the answer to a monitor command',
  );
  expect(asked('human-monitor-command', { 'command-line': 'info status' })).toBeUndefined();
});

test('a late answer in another session belongs to its command', () => {
  const answers = new SecretAnswers();
  answers.expect(1, 2, { what: 'x', form: 'text' });
  expect(answers.of({ session: 5, replyTo: undefined, late: { session: 1, seq: 2 } })?.what).toBe('x');
  expect(answers.of({ session: 5, replyTo: 2, late: undefined })).toBeUndefined();
});

test('only objects are commands', () => {
  expect(parsedObject(bytes('[1]'))).toBeUndefined();
  expect(parsedObject(bytes('{"a"'))).toBeUndefined();
  expect(parsedObject(bytes('{"a": 1}'))).toBeInstanceOf(Map);
});
