import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { VmRecorder, type VmRecorderOptions } from '../../../src/launch/emulator/vm-recorder.js';
import { testFolder } from '../../support/folder.js';
import { QmpClient } from '../../support/qmp-client.js';
import { greeting } from '../../support/recorded.js';
import { MemorySink } from '../../support/traffic-sink.js';

/** A recorder of a QEMU whose channel is at `address`, and which makes its socket at `path`. */
async function recorder(
  options: Partial<VmRecorderOptions> = {},
): Promise<{ vm: VmRecorder; sink: MemorySink; client: string; path: string }> {
  const folder = testFolder();
  const [client, path] = [join(folder, 'c.sock'), join(folder, 's.sock')];
  const sink = new MemorySink();
  const vm = new VmRecorder({
    ...{ label: 'vm', sink, alive: () => true, onEvent: () => undefined, succession: undefined },
    ...options,
  });
  onTestFinished(() => vm.stop());
  await vm.add({ name: 'monitor', dialect: 'qmp', address: { kind: 'unix', path: client }, path });
  return { vm, sink, client, path };
}

test('a client that comes before QEMU has its socket waits, and is served then', async () => {
  const { vm, sink, client, path } = await recorder();
  const early = await QmpClient.connect(client);
  vm.start();
  const qemu = createServer((socket) => socket.on('error', () => undefined).write(`${greeting}\r\n`));
  onTestFinished(() => void qemu.close());
  qemu.listen(path);
  await early.receives(/"QMP"/);
  expect(vm.sessions).toBe(1);
  await early.end();
  const session = await sink.over(1);
  expect(session.start).toMatchObject({ label: 'vm', dialect: 'qmp' });
  expect(session.text('s2c')).toBe(`${greeting}\r\n`);
  await vm.settle();
  expect(vm.sessions).toBe(0);
});

test('a client whose QEMU has ended is let go, and told of', async () => {
  const ends: unknown[] = [];
  const { vm, client } = await recorder({
    alive: () => false,
    onEvent: ({ name }, event) => event.type === 'closed' && ends.push([name, event.end, event.reason]),
  });
  vm.start();
  const late = await QmpClient.connect(client);
  late.socket.resume();
  await new Promise<void>((resolve) => late.socket.once('close', () => { resolve(); }).end()); // prettier-ignore
  await vm.settle();
  expect(ends).toEqual([['monitor', 'server-unreachable', expect.stringContaining('QEMU has ended')]]);
});

test('the end of the recorder ends the sessions', async () => {
  const { vm, sink, client, path } = await recorder();
  const qemu = createServer((socket) => socket.on('error', () => undefined).write(`${greeting}\r\n`));
  onTestFinished(() => void qemu.close());
  qemu.listen(path);
  vm.start();
  const served = await QmpClient.connect(client);
  await served.receives(/"QMP"/);
  await vm.stop();
  expect((await sink.over(1)).closed).toMatchObject({ end: 'stopped' });
});
