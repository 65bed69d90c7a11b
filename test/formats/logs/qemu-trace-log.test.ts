import { describe, expect, test } from 'vitest';
import { shown } from '../../support/shown-import.js';

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
