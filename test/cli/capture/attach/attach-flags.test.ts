import { expect, test } from 'vitest';
import {
  type AttachFlags,
  checkLogFlags,
  checkOwnMonitorFlags,
} from '../../../../src/cli/capture/attach/attach-flags.js';

test.each<[Partial<AttachFlags>, RegExp]>([
  [{ now: true }, /^--log and --now: no session runs through qmptap; leave out --now$/],
  [{ durable: true }, /^--log and --durable: /],
  [{ restartDaemon: true }, /^--log and --restart-daemon: /],
  [{ dialect: 'qmp' }, /^--log and --dialect: /],
  [{ allowSend: true }, /^--log and --allow-send: /],
  [{ ownMonitor: true }, /^--log and --own-monitor: /],
])('%j makes no sense with --log', (flags, message) => {
  expect(() => {
    checkLogFlags({ rule: [], ...flags });
  }).toThrow(message);
});

test.each<[Partial<AttachFlags>, RegExp]>([
  [{ agent: true }, /^--own-monitor and --agent: it is a monitor; leave out --agent$/],
  [{ now: true }, /^--own-monitor and --now: /],
  [{ restartDaemon: true }, /^--own-monitor and --restart-daemon: /],
  [{ dialect: 'qmp' }, /^--own-monitor and --dialect: /],
])('%j makes no sense with --own-monitor', (flags, message) => {
  expect(() => {
    checkOwnMonitorFlags({ rule: [], ...flags });
  }).toThrow(message);
});

test('the rest of the flags does', () => {
  checkOwnMonitorFlags({ rule: [], ui: true, allowSend: true, durable: true });
  checkLogFlags({ rule: [], agent: true, redact: true, once: true, json: true });
});
