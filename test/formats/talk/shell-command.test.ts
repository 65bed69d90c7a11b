import { expect, test } from 'vitest';
import { shellCommand } from '../../../src/formats/talk/shell-command.js';

test.each([
  ['(QEMU) query-status', '{"execute": "query-status"}'],
  ['(QEMU) device_del id=net3', '{"execute": "device_del", "arguments": {"id": "net3"}}'],
  [
    '(QEMU) blockdev-add driver=qcow2 file.filename="a b" file.driver=file n=1.0 on=True list=["x", 1]',
    '{"execute": "blockdev-add", "arguments": {"driver": "qcow2", "file": {"filename": "a b", "driver": "file"}, "n": 1.0, "on": true, "list": ["x", 1]}}',
  ],
  ['(QEMU)', ''],
  ['(QEMU) help', ''],
  ['(QEMU) info block', ''],
  ['(QEMU) {"event": "STOP"}', undefined],
  ['{"return": {}}', undefined],
])('%s', (line, json) => {
  expect(shellCommand(line)).toBe(json);
});
