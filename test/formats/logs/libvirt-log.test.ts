import { describe, expect, test } from 'vitest';
import { imported } from '../../support/imported.js';

const greeting =
  '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""}, "capabilities": ["oob"]}}';

function at(millis: number, thread: number, level: string, text: string): string {
  return `2026-11-20 09:11:32.${String(millis).padStart(3, '0')}+0000: ${thread}: ${level} : ${text}`;
}

/** As libvirt 9.0 writes: the end of a command's line lies inside the record. */
const start = [
  at(0, 7288, 'info', 'libvirt version: 9.0.0'),
  at(1, 7288, 'debug', "qemuProcessWaitForMonitor:2291 : Connect monitor to vm=0x7f00 name='web1'"),
  at(2, 7288, 'info', 'qemuMonitorOpenInternal:647 : QEMU_MONITOR_NEW: mon=0xa fd=11'),
  at(10, 7295, 'debug', `qemuMonitorJSONIOProcessLine:189 : Line [${greeting}]`),
  at(
    11,
    7288,
    'info',
    'qemuMonitorSend:861 : QEMU_MONITOR_SEND_MSG: mon=0xa msg={"execute":"qmp_capabilities","id":"libvirt-1"}\r',
  ),
  ' fd=-1',
  at(
    12,
    7295,
    'info',
    'qemuMonitorIOWrite:366 : QEMU_MONITOR_IO_WRITE: mon=0xa buf={"execute":"qmp_capabilities","id":"libvirt-1"}\r',
  ),
  ' len=49 ret=49 errno=0',
  at(13, 7295, 'debug', 'qemuMonitorJSONIOProcessLine:189 : Line [{"return": {}, "id": "libvirt-1"}]'),
  at(
    13,
    7295,
    'info',
    'qemuMonitorJSONIOProcessLine:208 : QEMU_MONITOR_RECV_REPLY: mon=0xa reply={"return": {}, "id": "libvirt-1"}',
  ),
];

const getfd = [
  at(
    20,
    7288,
    'info',
    'qemuMonitorSend:861 : QEMU_MONITOR_SEND_MSG: mon=0xa msg={"execute":"getfd","arguments":{"fdname":"m"},"id":"libvirt-2"}\r',
  ),
  ' fd=18',
  at(
    21,
    7295,
    'info',
    'qemuMonitorIOWrite:366 : QEMU_MONITOR_IO_WRITE: mon=0xa buf={"execute":"getfd","arguments":{"fdname":"m"},"id":"libvirt-2"}\r',
  ),
  ' len=67 ret=67 errno=0',
  at(21, 7295, 'info', 'qemuMonitorIOWrite:371 : QEMU_MONITOR_IO_SEND_FD: mon=0xa fd=18 ret=67 errno=0'),
  at(
    22,
    7295,
    'info',
    'qemuMonitorJSONIOProcessLine:203 : QEMU_MONITOR_RECV_EVENT: mon=0xa event={"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}',
  ),
  at(
    23,
    7295,
    'info',
    'qemuMonitorJSONIOProcessLine:208 : QEMU_MONITOR_RECV_REPLY: mon=0xa reply={"return": {}, "id": "libvirt-2"}',
  ),
];

const close = [at(30, 7288, 'info', 'qemuMonitorClose:782 : QEMU_MONITOR_CLOSE: mon=0xa')];

function told(lines: readonly string[]): {
  shown: string[];
  skipped: readonly string[];
  format: string | undefined;
} {
  const { recording, skipped, format } = imported(lines.join('\n'));
  const shown = Array.from(recording.messages(), (one) => {
    const text = Buffer.from(one.raw).toString('latin1').trimEnd();
    return `${one.session} ${one.t / 1e6} ${one.dir === 'c2s' ? '->' : '<-'} ${one.fds > 0 ? `+${one.fds} ` : ''}${text}`;
  });
  return { shown, skipped, format };
}

const expected = [
  `1 8 <- ${greeting}`,
  '1 10 -> {"execute":"qmp_capabilities","id":"libvirt-1"}',
  '1 11 <- {"return": {}, "id": "libvirt-1"}',
  '1 19 -> +1 {"execute":"getfd","arguments":{"fdname":"m"},"id":"libvirt-2"}',
  '1 20 <- {"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}',
  '1 21 <- {"return": {}, "id": "libvirt-2"}',
];

describe("libvirt's log", () => {
  test('the file as libvirt writes it', () => {
    const lines = [...start, ...getfd, ...close];
    const { recording, skipped, format } = imported(lines.join('\n'));
    expect(format).toBe('libvirt-log');
    expect(skipped).toEqual([]);
    const [session, ...others] = recording.sessions();
    expect(others).toEqual([]);
    expect(session).toMatchObject({
      label: 'web1',
      dialect: 'qmp',
      server: { address: 'monitor 0xa' },
      started: Date.parse('2026-11-20T09:11:32.002Z') * 1000,
      ended: 28e6,
      end: 'client-closed',
      version: { qemu: '7.2.22' },
    });
    expect(session?.notes[0]).toMatch(/^reconstructed: from a log of libvirt/);
    expect(told(lines).shown).toEqual(expected);
    expect(recording.message(1, 6)).toMatchObject({ replyTo: 4, command: 'getfd', latency: 2e6 });
  });

  const everything = [...start, ...getfd, ...close];
  const changes: [name: string, lines: string[]][] = [
    ['with CRLF', everything.map((line) => `${line.replace(/\r$/, '')}\r`)],
    ['pasted with ^M', everything.map((line) => line.replace(/\r$/, '^M'))],
    ['pasted without the carriage returns', everything.map((line) => line.replace(/\r$/, ''))],
    [
      'through rsyslog, which escapes line feeds',
      everything
        .join('\n')
        .replace(/\r\n /g, '#015#012 ')
        .split('\n')
        .map((line) =>
          line.replace(
            /^2026-11-20 (\S+)\+0000: \d+: \w+ : (\w+:\d+ : )?/,
            '2026-11-20T$1+00:00 host libvirtd[1]: ',
          ),
        ),
    ],
    [
      'as KubeVirt logs it',
      everything.map((line) => {
        const found = /^2026-11-20 (\S+)\+0000: (\d+): (\w+) : (?:(\w+:\d+) : )?(.*)$/s.exec(line);
        const [, time, thread, level, pos, msg] = found ?? [];
        const common = {
          component: 'virt-launcher',
          level: level ?? 'info',
          msg: msg ?? line,
          subcomponent: 'libvirt',
        };
        return JSON.stringify(
          found ? { ...common, pos, thread, timestamp: `2026-11-20T${time ?? ''}Z` } : common,
        );
      }),
    ],
  ];
  test.each(changes)('%s', (_name, lines) => {
    const { shown, skipped, format } = told(lines);
    expect(format).toBe('libvirt-log');
    expect(skipped).toEqual([]);
    expect(shown).toEqual(expected);
  });

  test('as journald shows it: to the second, and no functions', () => {
    const lines = everything.map((line) =>
      line
        .replace(/^2026-11-20 (\S+)\.\d+\+0000: \d+: \w+ : (\w+:\d+ : )?/, 'Nov 20 $1 host libvirtd[812]: ')
        .replace(/^ (len|fd)=/, `${' '.repeat(35)} $1=`),
    );
    const { shown, skipped } = told(lines);
    expect(skipped).toEqual([]);
    expect(shown).toEqual(expected.map((line) => line.replace(/^1 \d+/, '1 0')));
  });

  test('what journalctl hides is named', () => {
    const { skipped } = told([...start, 'Nov 20 09:11:32 host libvirtd[812]: [49B blob data]']);
    expect(skipped).toEqual([
      `${start.length + 1}: hidden by journalctl ("blob data"); write the log with journalctl --all`,
    ]);
  });

  // Each took minutes when a pattern tried at each space, or at each digit.
  test.each([
    ['white space inside a message', `reply={"return": "${' '.repeat(500_000)}x"}`, 3],
    ['line ends of all kinds', `reply={"return": "x"}${'^M#015#012 '.repeat(50_000)}`, 3],
    [
      'what looks like hidden data',
      `reply={"return": "x"}\n2026-11-20 09:11:33.952+0000: 7288: info : [${'1'.repeat(500_000)}! blob data]`,
      3,
    ],
  ])('a record with a lot of it takes no longer: %s', (_, text, messages) => {
    const start = '2026-11-20 09:11:32.952+0000: 7288: info : qemuMonitorJSONIOProcessLine:208 : ';
    const sent = `${start}QEMU_MONITOR_IO_WRITE: mon=0x7 buf={"execute":"a"} len=15 ret=15 errno=0`;
    const event = `${start}QEMU_MONITOR_RECV_EVENT: mon=0x7 event={"event": "STOP"}`;
    const { recording } = imported(
      [sent, `${start}QEMU_MONITOR_RECV_REPLY: mon=0x7 ${text}`, event].join('\n'),
    );
    expect(recording.count()).toBe(messages);
  });

  test('of the level info alone, with only the queue of commands', () => {
    const lines = everything.filter((line) => !/IO_WRITE|SEND_FD|^ len|debug/.test(line));
    expect(imported(lines.join('\n')).recording.sessions()[0]?.notes).toHaveLength(1);
    expect(told(lines).shown).toEqual([
      '1 9 -> {"execute":"qmp_capabilities","id":"libvirt-1"}',
      '1 11 <- {"return": {}, "id": "libvirt-1"}',
      '1 20 <- {"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}',
      '1 20 -> +1 {"execute":"getfd","arguments":{"fdname":"m"},"id":"libvirt-2"}',
      '1 21 <- {"return": {}, "id": "libvirt-2"}',
    ]);
  });

  test('a write in pieces is one command', () => {
    const whole = '{"execute":"stop","id":"libvirt-3"}\r\n';
    const piece = (text: string, ret: number): string[] => [
      at(
        40,
        7295,
        'info',
        `qemuMonitorIOWrite:366 : QEMU_MONITOR_IO_WRITE: mon=0xa buf=${text.replace(/\n$/, '')}`,
      ),
      ` len=${text.length} ret=${ret} errno=${ret < 0 ? 11 : 0}`,
    ];
    const { shown, skipped } = told([
      ...start,
      ...piece(whole, 10),
      ...piece(whole.slice(10), -1),
      ...piece(whole.slice(10), whole.length - 10),
      ...close,
    ]);
    expect(skipped).toEqual([]);
    expect(shown.at(-1)).toBe('1 38 -> {"execute":"stop","id":"libvirt-3"}');
  });

  test('machines side by side, and a pointer used again', () => {
    const other = start.map((line) =>
      line
        .replaceAll('0xa', '0xb')
        .replaceAll('7295', '7296')
        .replaceAll('7288', '7289')
        .replaceAll('web1', 'db é'),
    );
    const mixed = start.flatMap((line, place) =>
      line.startsWith(' ')
        ? []
        : [
            line,
            ...(start[place + 1]?.startsWith(' ') ? [start[place + 1] ?? ''] : []),
            other[place] ?? '',
            ...(other[place + 1]?.startsWith(' ') ? [other[place + 1] ?? ''] : []),
          ],
    );
    const { recording, skipped } = imported(Buffer.from([...mixed, ...close, ...start].join('\n')));
    expect(skipped).toEqual([]);
    expect(recording.sessions().map(({ label, messages, end }) => [label, messages, end])).toEqual([
      ['web1', 3, 'client-closed'],
      ['db é', 3, 'cut-off'],
      ['web1', 3, 'cut-off'],
    ]);
  });

  test('the guest agent has sessions of its own', () => {
    const { recording, skipped } = imported(
      [
        ...start,
        at(40, 7288, 'debug', 'qemuDomainObjEnterAgent:1 : Entering agent (agent=0xc vm=0x7f00 name=web1)'),
        at(
          41,
          7288,
          'debug',
          'qemuAgentGuestSyncSend:900 : Sending guest-sync command with ID: 1795165892041',
        ),
        at(42, 7295, 'debug', 'qemuAgentIOProcessLine:300 : Line [{"return": 1795165892041}]'),
        at(
          43,
          7288,
          'debug',
          `qemuAgentCommandFull:1100 : Send command '{"execute":"guest-info"}' for write, seconds = -2`,
        ),
        at(44, 7295, 'debug', 'qemuAgentIOProcessLine:300 : Line [{"return": {"version": "7.2"}}]'),
      ].join('\n'),
    );
    expect(skipped).toEqual([]);
    expect(recording.sessions().map(({ label, dialect, messages }) => [label, dialect, messages])).toEqual([
      ['web1', 'qmp', 3],
      ['web1', 'qga', 4],
    ]);
    expect(
      Array.from(recording.messages({ session: 2 }), ({ kind, name, replyTo }) => [kind, name, replyTo]),
    ).toEqual([
      ['command', 'guest-sync', undefined],
      ['success', undefined, 1],
      ['command', 'guest-info', undefined],
      ['success', undefined, 3],
    ]);
  });
});

describe("libvirt's log, bad input", () => {
  test('rotated, cut, mixed: named by line, the rest imported', () => {
    const { shown, skipped } = told([
      'st of a message"}',
      ' len=49 ret=49 errno=0',
      ...start,
      at(
        40,
        7295,
        'info',
        'f:1 : QEMU_MONITOR_RECV_EVENT: mon=0xa event={"event": "A", "da2026-11-20 09:11:32.952+0000: 1: debug : x',
      ),
      at(
        41,
        7295,
        'info',
        'f:1 : QEMU_MONITOR_RECV_EVENT: mon=0xa event={"timestamp": {"seconds": 1, "microseconds": 2}, "event": "B"}',
      ),
      at(42, 7295, 'info', 'f:1 : QEMU_MONITOR_RECV_REPLY: mon=0xa reply={"return": {"cut": '),
    ]);
    expect(skipped).toEqual([
      '1: the rest of a record that began before the log did',
      '2: the rest of a record that began before the log did',
      '13: a message that is cut or mixed with another line',
      '15: a message that is cut or mixed with another line',
    ]);
    expect(shown.at(-1)).toContain('"event": "B"');
  });

  test('in Latin-1', () => {
    const { recording } = imported(
      Buffer.from(
        [
          ...start,
          at(40, 1, 'info', 'f:1 : QEMU_MONITOR_RECV_EVENT: mon=0xa event={"event": "Caf\xe9"}'),
        ].join('\n'),
        'latin1',
      ),
    );
    expect([...recording.messages()].at(-1)?.name).toBe('Café');
  });

  test('a clock that was set back', () => {
    const lines = [...start, ...getfd.map((line) => line.replace('09:11:32', '08:11:32')), ...close];
    const { recording } = imported(lines.join('\n'));
    const times = Array.from(recording.messages(), ({ t }) => t);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(recording.sessions()[0]?.notes.at(-1)).toBe(
      "the log's clock went back 3 times; what came then has the time before it",
    );
  });
});
