import { expect, test } from 'vitest';
import { imported } from '../../support/imported.js';

let clock = 0;
function line(thread: number, text: string): string {
  clock += 1;
  return `2026-11-20 09:11:32.${String(clock).padStart(3, '0')}+0000: ${thread}: debug : ${text}`;
}
const enter = (thread: number, machine: string): string =>
  line(thread, `qemuDomainObjEnterAgent:1 : Entering agent (agent=0xc vm=0x7f name=${machine})`);
const sync = (thread: number, id: number): string =>
  line(thread, `qemuAgentGuestSyncSend:900 : Sending guest-sync command with ID: ${id}`);
const send = (thread: number, command: string): string =>
  line(thread, `qemuAgentCommandFull:1100 : Send command '${command}' for write, seconds = -2`);
const receive = (thread: number, text: string): string =>
  line(thread, `qemuAgentIOProcessLine:300 : Line [${text}]`);

function told(lines: readonly string[], machine?: string): string[] {
  const { recording, skipped } = imported(lines.join('\n'), 'libvirt-log', machine);
  expect(skipped).toEqual([]);
  return recording
    .sessions()
    .map(
      ({ id, label, dialect }) =>
        `${label ?? '-'} ${dialect}: ${Array.from(recording.messages({ session: id }), ({ dir, raw }) => `${dir === 'c2s' ? '>' : '<'}${Buffer.from(raw).toString().trim()}`).join(' ')}`,
    );
}

test('two agents: a response goes where the guest-sync of its thread came from', () => {
  const lines = [
    enter(1, 'web1'),
    sync(1, 11),
    enter(2, 'web2'),
    sync(2, 22),
    receive(8, '{"return": 22}'),
    receive(9, '{"return": 11}'),
    send(1, '{"execute":"guest-ping"}'),
    send(2, '{"execute":"guest-info"}'),
    receive(8, '{"return": {"version": "2"}}'),
    receive(9, '{"return": {}}'),
  ];
  expect(told(lines)).toEqual([
    'web1 qga: >{"execute":"guest-sync", "arguments":{"id":11}} <{"return": 11} >{"execute":"guest-ping"} <{"return": {}}',
    'web2 qga: >{"execute":"guest-sync", "arguments":{"id":22}} <{"return": 22} >{"execute":"guest-info"} <{"return": {"version": "2"}}',
  ]);
});

test('where one machine is wanted, the answers of another are not taken for its own', () => {
  const lines = [
    enter(1, 'web1'),
    sync(1, 11),
    enter(2, 'web2'),
    sync(2, 22),
    receive(8, '{"return": 22}'),
    receive(9, '{"return": 11}'),
  ];
  expect(told(lines, 'web1')).toEqual([
    'web1 qga: >{"execute":"guest-sync", "arguments":{"id":11}} <{"return": 11}',
  ]);
});

test('where the log does not tell the machine, the one that was asked last has answered', () => {
  expect(told([send(1, '{"execute":"guest-ping"}'), receive(9, '{"return": {}}')])).toEqual([
    '- qga: >{"execute":"guest-ping"} <{"return": {}}',
  ]);
});

test('a sync that is written as a command is the same one', () => {
  const lines = [enter(1, 'web1'), sync(1, 11), send(1, '{"execute":"guest-sync", "arguments":{"id":11}}')];
  expect(told(lines)).toEqual(['web1 qga: >{"execute":"guest-sync", "arguments":{"id":11}}']);
});
