import { expect, test } from 'vitest';
import { type AttachFlags, checkLogFlags } from '../../../../src/cli/capture/attach/attach-flags.js';

test.each<[Partial<AttachFlags>, RegExp]>([
  [{ now: true }, /^--log and --now: no session runs through qmptap; leave out --now$/],
  [{ durable: true }, /^--log and --durable: /],
  [{ restartDaemon: true }, /^--log and --restart-daemon: /],
  [{ dialect: 'qmp' }, /^--log and --dialect: /],
  [{ allowSend: true }, /^--log and --allow-send: /],
])('%j makes no sense with --log', (flags, message) => {
  expect(() => {
    checkLogFlags({ rule: [], ...flags });
  }).toThrow(message);
});

test('the rest of the flags does', () => {
  checkLogFlags({ rule: [], agent: true, redact: true, once: true, json: true });
});
