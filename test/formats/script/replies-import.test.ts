import { describe, expect, test } from 'vitest';
import { exportReplies } from '../../../src/formats/script/replies.js';
import type { MemoryRecording } from '../../../src/recording/memory.js';
import { conversation, exported } from '../../support/exported.js';
import { imported } from '../../support/imported.js';
import { recorded } from '../../support/recorded.js';

const frames = (recording: MemoryRecording): string[] =>
  Array.from(recording.messages(), ({ raw }) => new TextDecoder().decode(raw).trimEnd());

const version = (major: number, minor: number): string =>
  `{"return": {"qemu": {"micro": 0, "minor": ${minor}, "major": ${major}}, "package": ""}}`;

describe('RepliesReader', () => {
  test('are imported with the bytes that were recorded', () => {
    const original = recorded(conversation.filter((line) => !line.includes('event')));
    const { recording, skipped, format } = imported(exported(original, exportReplies).bytes);
    expect(format).toBe('replies');
    expect(skipped).toEqual([]);
    const bytes = (of: typeof original): string[] =>
      Array.from(of.messages(), ({ raw }) => Buffer.from(raw).toString());
    expect(bytes(recording)).toEqual(bytes(original));
  });

  test('with a missing half are imported but for that', () => {
    const { text } = exported(recorded(conversation), exportReplies);
    const blocks = text.trimEnd().split('\n\n');
    const { recording, skipped } = imported(
      [...blocks.slice(0, 3), ...blocks.slice(4), blocks[1]].join('\n\n'),
    );
    expect(skipped).toEqual([
      '14: query-version has no response',
      '38: a response without the command before it',
    ]);
    expect(Array.from(recording.messages(), ({ kind }) => kind)).toEqual([
      'command',
      'success',
      'command',
      'command',
      'error',
    ]);
  });

  test('the greeting is made from the response to query-version', () => {
    const first = (...replies: string[]): string | undefined =>
      frames(imported(['{"execute":"query-version"}', ...replies].join('\n\n'), 'replies').recording)[0];
    expect(first(version(7, 2))).toBe(
      '{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}, "package": ""}, "capabilities": ["oob"]}}',
    );
    expect(first(version(2, 11))).toContain('"capabilities": []');
    expect(first('{"return": 1}')).toBe('{"execute":"query-version"}');
  });

  test('a second negotiation is a second session, greeted by the same QEMU', () => {
    const probing = ['{"execute":"qmp_capabilities"}', '{"return": {}}'];
    const file = [...probing, '{"execute":"query-version"}', version(8, 0), ...probing].join('\n\n');
    const { recording } = imported(file, 'replies');
    expect(recording.sessions().map(({ messages, version: told }) => [messages, told?.qemu])).toEqual([
      [5, '8.0.0'],
      [3, '8.0.0'],
    ]);
  });

  test('a response has the id of its command, if it has one', () => {
    const said = (command: string, response: string): string | undefined =>
      frames(imported(`${command}\n\n${response}`, 'replies').recording).at(-1);
    expect(said('{"execute":"a","id":7}', '{"return": {}, "id": "x"}')).toBe('{"return": {}, "id": 7}');
    expect(said('{"execute":"a"}', '{"return": {}, "id": "x"}')).toBe('{"return": {}}');
    expect(said('{"execute":"a","id":7}', '{"return": {}}')).toBe('{"return": {}}');
  });

  test('what is neither a command nor a response is skipped', () => {
    expect(imported('{"execute":"a"}\n\n{"event": "X"}\n\n[1]\n\n{"return": {}}', 'replies').skipped).toEqual(
      ['3: neither a command nor a response', '5: a JSON value that is no object'],
    );
  });
});
