/** Every importer: the first byte chooses one, the rest is the file. */
import assert from 'node:assert/strict';
import { type ImportFormatName, importNames } from '../../../src/formats/table.js';
import { exportJsonl } from '../../../src/formats/jsonl/jsonl-export.js';
import { exportHtml } from '../../../src/formats/page/html.js';
import { captureOf, connection } from '../../support/capture.js';
import { imported } from '../../support/imported.js';
import { conversation, conversationSeeds } from '../support/conversation.js';
import { fileOf } from '../support/exporting.js';
import { looks } from '../support/looking.js';
import { Source } from '../support/source.js';
import type { Target } from '../target.js';
import { fromLatin1, latin1 } from '../../support/frames.js';

/** The corpus has their numbers: only append. Undefined: told by the file. */
const choices: readonly (ImportFormatName | undefined)[] = [
  'jsonl', 'html', 'text', 'replies', 'libvirt-log', 'qemu-trace', 'incus-log', 'strace', 'systemtap', 'qmp-shell',
  undefined, 'pcapng',
]; // prettier-ignore

/** One of each, cut short: the parts that tell a format. */
const files: Readonly<Record<ImportFormatName, string>> = {
  jsonl: latin1(fileOf(conversation(fromLatin1(conversationSeeds[1] ?? '')), exportJsonl)),
  html: `<!doctype html>\n<title>qmptap</title>\n<script id="recording" type="application/json">\n{"type":"message","session":1,"dir":"c2s","raw":"{}"}\n</script>\n`,
  pcapng: latin1(
    captureOf(
      connection([
        ['server', '{"QMP": {}}\r\n'],
        ['client', '{"execute":"stop"}\n'],
      ]),
    ),
  ),
  'libvirt-log':
    '2026-11-20 09:00:00.000+0000: 123: info : qemuMonitorJSONIOProcessLine:203 : QEMU_MONITOR_RECV_REPLY: mon=0x7f0 reply={"return": {}, "id": "libvirt-1"}\n' +
    '2026-11-20 09:00:00.100+0000: 123: info : qemuMonitorIOWrite:366 : QEMU_MONITOR_IO_WRITE: mon=0x7f0 buf={"execute":"stop","id":"libvirt-2"}\n len=41 ret=41 errno=0\n' +
    '2026-11-20 09:00:00.200+0000: 123: info : qemuMonitorSend:864 : QEMU_MONITOR_SEND_MSG: mon=0x7f0 msg={"execute":"stop"}\n fd=-1\n',
  'qemu-trace':
    '7@1795165200.000001:handle_qmp_command mon 0x55 req: {"execute":"stop"}\n7@1795165200.000002:monitor_qmp_respond mon 0x55 resp: {"return": {}}\nmonitor_qmp_cmd_in_band foo\n',
  'incus-log':
    '[2026-11-20T09:00:00.1Z] QUERY: {"execute":"stop"}\n[2026-11-20T09:00:00.2Z] REPLY: {"return":{}}\n[2026-11-20T09:00:00.3Z] EVENT: {"event":"STOP"}\n',
  strace:
    '12 10:00:00.000001 write(5, "{\\"execute\\":\\"stop\\"}\\n", 19) = 19\n12 10:00:00.000002 read(5, "{\\"return\\": {}}\\r\\n", 4096) = 16\n',
  systemtap:
    '  0.000 begin\n  1.234 > 0x7f {"execute":"stop"}\n  1.235 < 0x7f {"return":{}}\n  1.236 ! 0x7f {"event":"STOP"}\n',
  text: '-> {"execute":"stop",\n     "id":1}\n<- {"return":{}}\n<- {"event":"STOP"}\n# a comment\n',
  'qmp-shell': '{\n  "execute": "stop"\n}\n{\n  "return": {}\n}\n{"event":"STOP"}\n',
  replies:
    '{"execute":"qmp_capabilities","id":"libvirt-1"}\n\n{"return":{},"id":"libvirt-1"}\n\n{"execute":"query-version"}\n{"return":{"qemu":{"major":8,"minor":1,"micro":0}}}\n',
};

export const target: Target = {
  holds:
    'any file is imported or left out line by line, and what was imported can be exported and imported again',
  words: [
    '{"type":"message","session":1,"dir":"c2s","t":0.1,"raw":"', '{"type":"session","session":2,"', '"rawBase64":"', '"injected":true', '"started":"2026-',
    '\n', '\r\n', '\\n', '\\u00', '\xff', 'QEMU_MONITOR_RECV_EVENT: mon=', 'QEMU_MONITOR_NEW: mon=', 'QEMU_MONITOR_CLOSE: mon=', 'qemuMonitor', 'agent=',
    '-> ', '<- ', 'REPLY: ', '  1.0 > ', '"execute":', '"return":', '{', '}', 'mon=0x7f0', 'fd=', '"end":"', '"duration":', '"id":', '\0',
  ], // prettier-ignore
  seeds: () =>
    importNames.map((name) => {
      const place = choices.indexOf(name);
      assert.ok(place >= 0, `${name} has no number`);
      return fromLatin1(`${String.fromCharCode(place)}${files[name]}`);
    }),
  run(input) {
    const source = new Source(input);
    const choice = source.pick(choices);
    const bytes = source.rest();
    const { recording, skipped } = imported(bytes, choice);
    assert.ok(skipped.length <= 2 * bytes.length + 2, 'more is left out than there is');
    for (const { t } of recording.messages())
      assert.ok(Number.isSafeInteger(t / 1000), 'a time that no clock shows');
    for (const name of ['show', 'stats', 'check', 'export'] as const) looks[name]?.(recording);
    for (const [exporter, name] of [
      [exportJsonl, 'jsonl'],
      [exportHtml, 'html'],
    ] as const) {
      const file = fileOf(recording, exporter);
      const again = imported(file, name);
      assert.deepEqual(again.skipped, []);
      const told = (of: typeof recording): unknown =>
        Array.from(of.messages(), ({ session, dir, raw, kind }) => [session, dir, latin1(raw), kind]);
      assert.deepEqual(told(again.recording), told(recording));
    }
  },
};
