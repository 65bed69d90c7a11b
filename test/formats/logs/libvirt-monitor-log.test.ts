import { describe, expect, test } from 'vitest';
import { imported } from '../../support/imported.js';

function line(millis: number, thread: number, text: string, level = 'info'): string {
  return `2026-11-20 09:11:32.${String(millis).padStart(3, '0')}+0000: ${thread}: ${level} : ${text}`;
}
const send = (millis: number, thread: number, monitor: string, json: string): string[] => [
  line(millis, thread, `qemuMonitorSend:861 : QEMU_MONITOR_SEND_MSG: mon=${monitor} msg=${json}\r`),
  ' fd=-1',
];
const write = (millis: number, thread: number, monitor: string, json: string): string[] => [
  line(millis, thread, `qemuMonitorIOWrite:366 : QEMU_MONITOR_IO_WRITE: mon=${monitor} buf=${json}\r`),
  ` len=${json.length + 2} ret=${json.length + 2} errno=0`,
];
const reply = (millis: number, thread: number, monitor: string, json: string): string =>
  line(
    millis,
    thread,
    `qemuMonitorJSONIOProcessLine:208 : QEMU_MONITOR_RECV_REPLY: mon=${monitor} reply=${json}`,
  );

const enter = (thread: number, monitor: string, name: string): string =>
  line(
    1,
    thread,
    `qemuDomainObjEnterMonitorInternal:6107 : Entering monitor (mon=${monitor} vm=0x7f name=${name})`,
    'debug',
  );
const event = (millis: number, monitor: string, name: string): string =>
  line(
    millis,
    9,
    `qemuMonitorJSONIOProcessLine:203 : QEMU_MONITOR_RECV_EVENT: mon=${monitor} event={"event": "${name}"}`,
  );

function told(
  lines: readonly string[],
  machine?: string,
): {
  messages: string[];
  notes: readonly string[];
  skipped: readonly string[];
} {
  const { recording, skipped } = imported(lines.join('\n'), 'libvirt-log', machine);
  const messages = Array.from(
    recording.messages(),
    ({ session, dir, raw }) =>
      `${session} ${dir === 'c2s' ? '->' : '<-'} ${Buffer.from(raw).toString().trim()}`,
  );
  return { messages, notes: recording.sessions().flatMap(({ notes }) => notes.slice(1)), skipped };
}

const stop = '{"execute":"stop","id":"libvirt-2"}';

describe('what was queued', () => {
  test('and written is told once, at the time of the write', () => {
    const lines = [
      ...send(1, 1, '0xa', stop),
      ...write(3, 9, '0xa', stop),
      reply(4, 9, '0xa', '{"return": {}, "id": "libvirt-2"}'),
    ];
    expect(told(lines)).toEqual({
      messages: [`1 -> ${stop}`, '1 <- {"return": {}, "id": "libvirt-2"}'],
      notes: [],
      skipped: [],
    });
  });

  test('and never written is a note where the log has writes', () => {
    const lines = [...write(1, 9, '0xa', '{"execute":"cont"}'), ...send(2, 1, '0xa', stop)];
    const { messages, notes } = told(lines);
    expect(messages).toEqual(['1 -> {"execute":"cont"}']);
    expect(notes).toEqual([`2026-11-20T09:11:32.002000Z queued by libvirt and never sent: ${stop}`]);
  });

  test('and answered under another id was not what was asked', () => {
    const lines = [...send(1, 1, '0xa', stop), reply(2, 9, '0xa', '{"return": {}, "id": "libvirt-1"}')];
    expect(told(lines).messages).toEqual(['1 <- {"return": {}, "id": "libvirt-1"}', `1 -> ${stop}`]);
  });
});

describe('a text in a message that looks like a record', () => {
  test('is no record', () => {
    const inner = '2026-11-20 09:11:32.952+0000: 7: info : f:1 : QEMU_MONITOR_RECV_REPLY: mon=0xb reply={}';
    const json = `{"return": "${inner}\\n${inner}", "id": "libvirt-2"}`;
    expect(told([...write(1, 9, '0xa', stop), reply(2, 9, '0xa', json)])).toEqual({
      messages: [`1 -> ${stop}`, `1 <- ${json}`],
      notes: [],
      skipped: [],
    });
  });

  test('nor is one that was escaped twice: it is named, and nothing of it taken', () => {
    expect(told([...write(1, 9, '0xa', stop), reply(2, 9, '0xa', '{\\"return\\": {}}')])).toEqual({
      messages: [`1 -> ${stop}`],
      notes: [],
      skipped: ['3: a message that is cut or mixed with another line'],
    });
  });
});

test('a hundred machines, line by line', () => {
  const machines = Array.from({ length: 100 }, (_, at) => {
    const [monitor, own, loop] = [`0x7f${(0x1000 + at).toString(16)}`, 100 + at, 500 + at];
    const command = `{"execute":"query-status","id":"libvirt-${at}"}`;
    return [
      line(1, own, `qemuProcessWaitForMonitor:2291 : Connect monitor to vm=0x7f name='vm${at}'`, 'debug'),
      line(2, own, `qemuMonitorOpenInternal:647 : QEMU_MONITOR_NEW: mon=${monitor} fd=11`),
      line(
        3,
        loop,
        `qemuMonitorJSONIOProcessLine:189 : Line [{"QMP": {"version": {}, "n": ${at}}}]`,
        'debug',
      ),
      send(4, own, monitor, command).join('\n'),
      write(5, loop, monitor, command).join('\n'),
      reply(6, loop, monitor, `{"return": {"n": ${at}}, "id": "libvirt-${at}"}`),
      line(7, own, `qemuMonitorClose:782 : QEMU_MONITOR_CLOSE: mon=${monitor}`),
    ];
  });
  // In turns, and each round in another order.
  const rounds = Array.from({ length: 7 }, (_, round) =>
    machines.map((_lines, at) => machines[(at + 37 * round) % 100]?.[round] ?? ''),
  );
  const { recording, skipped } = imported(rounds.flat().join('\n'));
  expect(skipped).toEqual([]);
  expect(recording.sessions()).toHaveLength(100);
  for (const { id, label, messages, end } of recording.sessions()) {
    const at = Number(label?.slice(2));
    expect([messages, end]).toEqual([3, 'client-closed']);
    const texts = Array.from(recording.messages({ session: id }), ({ raw }) =>
      Buffer.from(raw).toString().trim(),
    );
    expect(texts).toEqual([
      `{"QMP": {"version": {}, "n": ${at}}}`,
      `{"execute":"query-status","id":"libvirt-${at}"}`,
      `{"return": {"n": ${at}}, "id": "libvirt-${at}"}`,
    ]);
  }
});

test('two clocks: the time of a message is that of its record, not of who collected it', () => {
  const lines = [...write(1, 9, '0xa', stop), reply(2, 9, '0xa', '{"return": {}, "id": "libvirt-2"}')];
  const collected = lines.map((one, at) => `2026-12-24T18:00:0${at}.5+01:00 ${one}`);
  const { recording } = imported(collected.join('\n'));
  expect(recording.sessions()[0]?.started).toBe(Date.parse('2026-11-20T09:11:32.001Z') * 1000);
  expect(Array.from(recording.messages(), ({ t }) => t)).toEqual([0, 1e6]);
});

describe('where one machine is wanted', () => {
  const both = [
    event(0, '0xa', 'A1'),
    event(0, '0xb', 'B1'),
    enter(1, '0xa', 'web1'),
    ...write(1, 9, '0xa', stop),
    enter(2, '0xb', 'web2'),
    ...write(1, 9, '0xb', '{"execute":"cont","id":"libvirt-3"}'),
    reply(2, 9, '0xb', '{"return": {}, "id": "libvirt-3"}'),
    reply(3, 9, '0xa', '{"return": {}, "id": "libvirt-2"}'),
  ];
  const ofWeb1 = ['1 <- {"event": "A1"}', `1 -> ${stop}`, '1 <- {"return": {}, "id": "libvirt-2"}'];

  test('only its messages are taken, also those before its name was told', () => {
    expect(told(both, 'web1')).toEqual({ messages: ofWeb1, notes: [], skipped: [] });
    expect(told(both, 'web3').messages).toEqual([]);
  });

  test('a monitor whose machine is never told: its messages are left out, and named', () => {
    const { messages, skipped } = told([...both, event(4, '0xc', 'C1')], 'web1');
    expect(messages).toEqual(ofWeb1);
    expect(skipped).toEqual(['11: a message of a monitor whose machine the log does not tell']);
  });

  test('no more than a thousand are held', () => {
    const events = Array.from({ length: 1002 }, (_, at) => event(4, '0xa', `E${at}`));
    const { messages, skipped } = told([...events, enter(1, '0xa', 'web1'), event(5, '0xa', 'LAST')], 'web1');
    expect(messages).toEqual(['1 <- {"event": "E1001"}', '1 <- {"event": "LAST"}']);
    expect(skipped).toHaveLength(1001);
  });

  test('what is queued on the monitor of another opens no session', () => {
    const lines = [...both, ...send(5, 1, '0xb', '{"execute":"quit","id":"libvirt-9"}')];
    expect(told(lines, 'web1')).toEqual({ messages: ofWeb1, notes: [], skipped: [] });
  });
});
