import { expect, test } from 'vitest';
import { imported, importStarted } from '../../support/imported.js';
import { shown } from '../../support/shown-import.js';

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
