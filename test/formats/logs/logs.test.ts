import { describe, expect, test } from 'vitest';
import { recogniseFormat } from '../../../src/formats/recognise.js';
import { imported, importStarted } from '../../support/imported.js';

function shown(text: string): {
  messages: string[];
  skipped: readonly string[];
  format: string | undefined;
  sessions: number;
} {
  const { recording, skipped, format } = imported(text);
  const messages = Array.from(recording.messages(), (one) => {
    const raw = Buffer.from(one.raw)
      .toString('latin1')
      .trimEnd()
      .replace(/\s*\r\n\s*/g, ' ');
    return `${one.session} ${one.t / 1e6} ${one.dir === 'c2s' ? '->' : '<-'}${one.fds > 0 ? ' +fd' : ''} ${raw}`;
  });
  return { messages, skipped, format, sessions: recording.sessions().length };
}

describe("QEMU's trace log", () => {
  const log = `31389@1795165165.800000:monitor_qmp_respond mon 0x55 resp: {"QMP": {"version": {}, "capabilities": []}}
31389@1795165165.807832:handle_qmp_command mon 0x55 req: {"execute": "stop", "id": "x1"}
31389@1795165165.807848:monitor_qmp_in_band_enqueue 0x7f mon 0x55 len 0
31387@1795165165.807904:monitor_qmp_cmd_in_band "x1"
31387@1795165165.808030:monitor_qmp_respond mon 0x55 resp: {
    "return": {
    },
    "id": "x1"
}
31387@1795165165.808138:monitor_qmp_err_in_band JSON parse error, stray '@'
31389@1795165166.000000:monitor_qmp_respond mon 0x55 resp: {"QMP": {"version": {}, "capabilities": []}}
31389@1795165166.000001:monitor_qmp_respond mon 0x55 resp: {"cut
qemu-system-x86_64: warning: something
`;
  test('has sessions between greetings, also of indented responses', () => {
    expect(shown(log)).toEqual({
      format: 'qemu-trace',
      sessions: 2,
      skipped: ['12: a message that is cut or mixed with another line', '13: no trace event of the monitor'],
      messages: [
        '1 0 <- {"QMP": {"version": {}, "capabilities": []}}',
        '1 7.832 -> {"execute": "stop", "id": "x1"}',
        '1 8.03 <- { "return": { }, "id": "x1" }',
        '2 0 <- {"QMP": {"version": {}, "capabilities": []}}',
      ],
    });
  });

  test('has no times without -msg timestamp=on', () => {
    const { messages, format } = shown(log.replace(/^\d+@\d+\.\d+:/gm, ''));
    expect(format).toBe('qemu-trace');
    expect(messages.slice(0, 2)).toEqual([
      '1 0 <- {"QMP": {"version": {}, "capabilities": []}}',
      '1 0 -> {"execute": "stop", "id": "x1"}',
    ]);
  });
});

test("Incus' log", () => {
  const log = `[2026-11-20T10:11:32+01:00] QUERY: {"execute":"qmp_capabilities","id":1}
[2026-11-20T10:11:32+01:00] REPLY: {"return": {}, "id": 1}

[2026-11-20T09:11:33Z] EVENT: {"event": "RESUME"}

[2026-11-20T09:11:34Z] QUERY: {"execute":"cont","id
[2026-11-20T09:11:40Z] QUERY: {"execute":"qmp_capabilities","id":1}
`;
  expect(shown(log)).toEqual({
    format: 'incus-log',
    sessions: 2,
    skipped: ['6: a message that is cut or mixed with another line'],
    messages: [
      '1 0 -> {"execute":"qmp_capabilities","id":1}',
      '1 0 <- {"return": {}, "id": 1}',
      '1 1000 <- {"event": "RESUME"}',
      '2 0 -> {"execute":"qmp_capabilities","id":1}',
    ],
  });
});

test("libvirt's SystemTap script", () => {
  const log = `  0.000 begin
  3.848 ! 0x7f2dc00017b0 {"timestamp": {"seconds": 1319466931, "microseconds": 187755}, "event": "SHUTDOWN"}
  5.773 > 0x7f2dc0007960 {"execute":"getfd","arguments":{"fdname":"a"},"id":"libvirt-1"} (fd=21)
  5.774 < 0x7f2dc0007960 {"return": {}, "id": "libvirt-1"}
  5.777 < 0x7f2dc0007960 {"return": [{"name": "qu
`;
  expect(shown(log)).toEqual({
    format: 'systemtap',
    sessions: 2,
    skipped: ['5: a message that is cut or mixed with another line'],
    messages: [
      '1 0 <- {"timestamp": {"seconds": 1319466931, "microseconds": 187755}, "event": "SHUTDOWN"}',
      '2 0 -> +fd {"execute":"getfd","arguments":{"fdname":"a"},"id":"libvirt-1"}',
      '2 1 <- {"return": {}, "id": "libvirt-1"}',
    ],
  });
  expect(imported(log).recording.sessions()[1]?.started).toBe(importStarted + 5_773_000);
});

describe("qmp-shell's log", () => {
  const line =
    '{"execute": "query-foo", "arguments": {"n": 1.0}, "error": {"class": "CommandNotFound", "desc": "no"}}\n';
  const expected = [
    '1 0 -> {"execute": "query-foo", "arguments": {"n": 1.0}}',
    '1 0 <- {"error": {"class": "CommandNotFound", "desc": "no"}}',
  ];
  test('a line for each command', () => {
    expect(shown(line)).toEqual({ format: 'qmp-shell', sessions: 1, skipped: [], messages: expected });
  });

  test('indented', () => {
    const pretty = `{
    "arguments": {
        "n": 1.0
    },
    "error": {
        "class": "CommandNotFound"
    },
    "execute": "query-foo"
}
`;
    expect(shown(pretty + pretty)).toMatchObject({ format: 'qmp-shell', skipped: [] });
    expect(shown(pretty + pretty).messages).toHaveLength(4);
  });

  test('broken', () => {
    const { skipped, messages } = shown(
      `${line}{"execute": "a"}\n{"x": 1}\n5\n{"execute": "b", "return": }\n`,
    );
    expect(messages.slice(0, 2)).toEqual(expected);
    expect(skipped).toEqual([
      '2: no response to this command',
      '3: an object without a command',
      '4: a JSON value that is no object',
      '5: no JSON',
    ]);
  });
});

test('text that is no QMP', () => {
  expect(shown('-> nothing\n<- {"return": {}}\nprose\n-> {"execute":\n   "a"}')).toEqual({
    format: 'text',
    sessions: 1,
    skipped: ['1: no JSON', '3: no message of QMP'],
    messages: ['1 0 <- {"return": {}}', '1 0 -> {"execute": "a"}'],
  });
});

test('what is none of these is not recognised', () => {
  expect(recogniseFormat([])).toBeUndefined();
  expect(recogniseFormat(['hello', '{}', '[1]', '<html>'])).toBeUndefined();
  expect(recogniseFormat(['{"a":1}'])).toBeUndefined();
});
