import { expect, test } from 'vitest';
import { recogniseFormat } from '../../src/formats/recognise.js';

test.each([
  ['2026-05-01 10:00:00.000+0000: 1: info : libvirt version: 11.3.0', 'libvirt-log'],
  ['{"msg":"QEMU_MONITOR_RECV_REPLY: mon=0x7f01 reply={}"}', 'libvirt-log'],
  ['> 2026-05-01T10:00:00Z handle_qmp_command mon 0x55 req: {}', 'qemu-trace'],
  ['12: {"return": {}}', 'text'],
  ['time="x" msg="{\\"execute\\":\\"stop\\"}"', 'text'],
  ['(QEMU) query-status', 'text'],
  ['<?xml version="1.0"?>', undefined],
  ['{"a":1}', undefined],
])('%s', (line, format) => {
  expect(recogniseFormat(['something else', line])).toBe(format);
});

test('objects apart are a file of replies, with events a session', () => {
  const replies = ['{"execute":"a"}', '', '{"return": {}}'];
  expect(recogniseFormat(replies)).toBe('replies');
  expect(recogniseFormat([...replies, '{"event": "STOP"}'])).toBe('text');
});
