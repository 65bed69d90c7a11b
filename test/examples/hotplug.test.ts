/** An example: testing code that drives QEMU, without a QEMU. In your project import from 'qmptap'. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { DivergenceError, replayServer } from '../../src/index.js';

/** The code under test: gives a running machine a disk, and tells whether it worked. */
async function addDisk(address: string, name: string): Promise<boolean> {
  const socket = connect(address.replace('unix:', ''));
  const lines = createInterface(socket)[Symbol.asyncIterator]();
  const execute = async (execute: string, args?: object): Promise<Record<string, unknown>> => {
    socket.write(`${JSON.stringify({ execute, arguments: args, id: 'disk' })}\r\n`);
    for (;;) {
      const message = JSON.parse(String((await lines.next()).value)) as Record<string, unknown>;
      if (message['id'] === 'disk') return message;
    }
  };
  await lines.next(); // the greeting
  await execute('qmp_capabilities');
  await execute('blockdev-add', { driver: 'null-co', 'node-name': name, size: 2 ** 30 });
  const added = await execute('device_add', { driver: 'virtio-blk-pci', drive: name, id: 'vd0' });
  socket.end();
  await once(socket, 'close');
  return 'return' in added;
}

test('a disk is added to a recorded QEMU', async () => {
  await using qemu = await replayServer('recordings/demo.qmptap', { match: 'content' });
  expect(await addDisk(qemu.address, 'disk0')).toBe(true);
  await qemu.verify();
});

test('a QEMU that never existed has no such bus', async () => {
  const disk = { driver: 'null-co', 'node-name': 'disk0', size: 2 ** 30 };
  const device = { driver: 'virtio-blk-pci', drive: 'disk0', id: 'vd0' };
  const error = { class: 'GenericError', desc: "No 'PCI' bus found for device 'virtio-blk-pci'" };
  await using qemu = await replayServer([
    { '->': { execute: 'blockdev-add', arguments: disk }, '<-': { return: {} } },
    { '->': { execute: 'device_add', arguments: device }, '<-': { error } },
  ]);
  expect(await addDisk(qemu.address, 'disk0')).toBe(false);
  await qemu.verify();
});

test('what was not recorded is told, with what comes nearest', async () => {
  await using qemu = await replayServer('recordings/demo.qmptap', { match: 'content' });
  await addDisk(qemu.address, 'disk7');
  await expect(qemu.verify()).rejects.toThrow(DivergenceError);
  await expect(qemu.verify()).rejects.toThrow('arguments.node-name: recorded "disk0", got "disk7"');
});
