import { expect, test } from 'vitest';
import { makeMonitor, ownId, removeMonitor } from '../../../../src/launch/attach/own/own-monitor.js';
import { StandInQemu } from '../../../support/asked-monitor.js';
import { start } from '../../../support/process.js';

test('made, and taken away', async () => {
  const qemu = new StandInQemu();
  await makeMonitor(qemu, '/vm/own.sock');
  expect([[...qemu.objects], [...qemu.chardevs]]).toEqual([[ownId()], [ownId()]]);
  expect(await removeMonitor(qemu)).toBeUndefined();
  expect([qemu.objects.size, qemu.chardevs.size]).toEqual([0, 0]);
});

test('an older QEMU: refused, and nothing was made', async () => {
  const qemu = new StandInQemu();
  qemu.types = [];
  await expect(makeMonitor(qemu, '/vm/own.sock')).rejects.toThrow(
    'web1: its QEMU cannot make a monitor while it runs (QEMU 11.1 and newer can); leave out --own-monitor, or give --log',
  );
  expect(qemu.asked).toEqual(['qom-list-types']);
});

test('an object that QEMU refuses: the character device is taken away', async () => {
  const qemu = new StandInQemu();
  qemu.refused.add('object-add');
  await expect(makeMonitor(qemu, '/vm/own.sock')).rejects.toThrow('refuses object-add');
  expect(qemu.chardevs.size).toBe(0);
});

test('that of a process that was killed is taken away first; that of one that lives stays', async () => {
  const dead = start('true', []);
  await dead.ended;
  const living = start('sleep', ['1000']);
  const qemu = new StandInQemu();
  for (const id of [`qmptap-${dead.pid}`, `qmptap-${living.pid}`, 'charmonitor', 'qmptap-x'])
    qemu.objects.add(id);
  await makeMonitor(qemu, '/vm/own.sock');
  expect([...qemu.objects]).toEqual([`qmptap-${living.pid}`, 'charmonitor', 'qmptap-x', ownId()]);
});

test('one that stays: why, and the commands', async () => {
  const qemu = new StandInQemu();
  await makeMonitor(qemu, '/vm/own.sock');
  qemu.refused.add('object-del');
  expect(await removeMonitor(qemu)).toMatchObject({
    error: { message: 'web1: QEMU refuses object-del: no' },
    commands: ['ask object-del', 'ask chardev-remove'],
  });
});
