import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { HostChannel } from '../../../src/launch/host/host-channel.js';
import type { VmNews } from '../../../src/launch/host/host-options.js';
import { HostVm } from '../../../src/launch/host/host-vm.js';
import type { VmRecording } from '../../../src/launch/host/vm-recording.js';
import type { ProxyEvent } from '../../../src/transport/session/drive.js';
import { testFolder } from '../../support/folder.js';
import { start } from '../../support/process.js';
import { MemorySink } from '../../support/traffic-sink.js';

function rig(state?: string) {
  const told: VmNews[] = [];
  const recording = { path: undefined as string | undefined };
  const found = { path: '/x', dialect: 'qmp', vm: 'x', name: 'web1', state } as const;
  const sink = new MemorySink();
  const vm = new HostVm(found, {
    label: 'web1',
    recording: recording as unknown as VmRecording,
    sink,
    tell: (news) => told.push(news),
  });
  const joined = (): void => {
    const peer = { address: '/x' };
    vm.follow({ type: 'joined', session: 1, client: { peer }, server: { peer } } as ProxyEvent);
  };
  return { told, recording, vm, joined, sink };
}

test('waits, is recorded, ends; each is told once', () => {
  const { told, recording, vm, joined } = rig();
  vm.taken(false);
  vm.taken(false);
  recording.path = '/r/a.qmptap';
  const written: string[] = [];
  vm.channels.add({
    exchanged: { recordedIn: (path: string) => written.push(path) },
  } as unknown as HostChannel);
  joined();
  joined();
  vm.taken(true); // a QEMU that ends makes names of its own
  vm.set('ended');
  expect(told.map(({ state, file }) => [state, file])).toEqual([
    ['waiting', undefined],
    ['recorded', '/r/a.qmptap'],
    ['ended', '/r/a.qmptap'],
  ]);
  expect(written).toEqual(['/r/a.qmptap', '/r/a.qmptap']);
});

test('one whose client was faster says so, until the next connection', () => {
  const { told, vm, joined } = rig();
  vm.taken(true);
  joined();
  expect(told).toEqual([
    {
      type: 'vm',
      label: 'web1',
      state: 'direct',
      reason: expect.stringMatching(/had connected before/) as string,
    },
    { type: 'vm', label: 'web1', state: 'recorded' },
  ]);
});

test("QEMU's arguments are noted once, as soon as its process is known", async () => {
  const state = testFolder();
  const { recording, vm, joined, sink } = rig(state);
  const peer = { address: '/x' };
  const session = sink.open({ label: 'web1', dialect: 'qmp', client: peer, server: peer, started: 0 }, 0);
  recording.path = '/r/a.qmptap';
  joined();
  expect(sink.sessions[0]?.notes).toEqual([]);
  const qemu = start('sh', ['-c', 'echo runs; read x', 'sh', '-name', 'guest=web1'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await qemu.says(/runs/, 'stdout');
  writeFileSync(join(state, 'web1.pid'), String(qemu.pid));
  vm.answered(session);
  vm.answered(session);
  joined();
  expect(sink.sessions[0]?.notes).toEqual([expect.stringContaining('-name guest=web1')]);
});
