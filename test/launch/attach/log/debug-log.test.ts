import { appendFileSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DebugLog, undoLeftLogs } from '../../../../src/launch/attach/log/debug-log.js';
import { start } from '../../../support/process.js';
import { StandInDaemon } from '../../../support/virt-admin.js';

const options = { agent: false, recording: '/r.qmptap' };
const nothing = (): void => undefined;

/** As a kill of its process leaves it. */
function kill(libvirt: StandInDaemon): void {
  for (const name of libvirt.folders) {
    const holder = join(libvirt.daemon.root, 'var/lib/libvirt/qmptap', name, 'holder.json');
    const held = JSON.parse(readFileSync(holder, 'utf8')) as object;
    writeFileSync(holder, JSON.stringify({ ...held, started: 'before' }));
  }
}

test('ours are added, and at the end all is as it was; the file is gone', async () => {
  const libvirt = new StandInDaemon();
  const before = [libvirt.filters, libvirt.outputs];
  const log = await DebugLog.open(libvirt.daemon, { ...options, agent: true });
  expect(libvirt.filters).toBe(
    `2:*qemu.qemu_monitor* 1:*qemu.qemu_domain* 1:*qemu.qemu_agent* ${before[0] ?? ''}`,
  );
  expect(libvirt.outputs).toMatch(
    /^3:file:\/var\/log\/libvirtd\.log 1:file:\/var\/lib\/libvirt\/qmptap\/log-\d+-\w+\/log$/,
  );
  expect(log.otherOutputs).toEqual([]);
  appendFileSync(libvirt.log, 'rest');
  let rest = '';
  expect(await log.putBack(() => (rest = readFileSync(log.file, 'utf8')))).toBe('restored');
  expect(rest).toBe('rest');
  expect([libvirt.filters, libvirt.outputs]).toEqual(before);
  expect(readdirSync(join(libvirt.daemon.root, 'var/lib/libvirt'))).toEqual([]);
});

test('an output of the administrator that gets debug lines is named', async () => {
  const libvirt = new StandInDaemon();
  libvirt.set('outputs', '3:stderr 1:file:/a');
  const log = await DebugLog.open(libvirt.daemon, options);
  expect(log.otherOutputs).toEqual(['1:file:/a']);
  await log.putBack(nothing);
});

test('two at once: whoever ends first takes out its own', async () => {
  const libvirt = new StandInDaemon();
  const before = [libvirt.filters, libvirt.outputs];
  const first = await DebugLog.open(libvirt.daemon, options);
  const second = await DebugLog.open(libvirt.daemon, options);
  const secondOutput = libvirt.outputs.split(' ').at(-1);
  expect(await first.putBack(nothing)).toBe('ours removed');
  expect(libvirt.outputs).toBe(`${before[1] ?? ''} ${secondOutput ?? ''}`);
  expect(await second.putBack(nothing)).toBe('ours removed');
  expect([libvirt.filters, libvirt.outputs]).toEqual(before);
});

test('what somebody else has set meanwhile stays', async () => {
  const libvirt = new StandInDaemon();
  const log = await DebugLog.open(libvirt.daemon, options);
  libvirt.set('filters', `1:*storage* ${libvirt.filters}`);
  libvirt.set('outputs', '1:journald');
  expect(await log.putBack(nothing)).toBe('ours removed');
  expect(libvirt.filters).toBe('1:*storage* 3:*util* 1:*qemu.qemu_monitor*');
  expect(libvirt.outputs).toBe('1:journald');
});

test('filters that libvirt refuses: nothing is changed, and nothing left', async () => {
  const libvirt = new StandInDaemon();
  const before = [libvirt.filters, libvirt.outputs];
  libvirt.be('refuse-filters');
  await expect(DebugLog.open(libvirt.daemon, options)).rejects.toThrow(/refused/);
  expect([libvirt.filters, libvirt.outputs]).toEqual(before);
  expect(libvirt.folders).toEqual([]);
});

test('what a killed one has left is undone by the next; what lives is left alone', async () => {
  const libvirt = new StandInDaemon();
  const before = [libvirt.filters, libvirt.outputs];
  const log = await DebugLog.open(libvirt.daemon, options);
  expect(await undoLeftLogs(libvirt.daemon)).toEqual([]);
  kill(libvirt);
  expect(await undoLeftLogs(libvirt.daemon)).toEqual(['restored']);
  expect([libvirt.filters, libvirt.outputs]).toEqual(before);
  expect(libvirt.folders).toEqual([]);
  expect(statSync(`/proc/self/fd/${log.file}`).nlink).toBe(0);
});

test('a daemon that cannot be asked: the commands for the user, and the next start tries again', async () => {
  const libvirt = new StandInDaemon();
  const log = await DebugLog.open(libvirt.daemon, options);
  libvirt.be('broken');
  expect(await log.putBack(nothing)).toMatchObject({
    commands: [
      "virt-admin -c libvirtd:///system daemon-log-filters --filters '3:util 1:qemu.qemu_monitor'",
      'virt-admin -c libvirtd:///system daemon-log-outputs --outputs 3:file:/var/log/libvirtd.log',
    ],
  });
  expect(libvirt.folders).toHaveLength(1);
});

test('a daemon that was started anew has forgotten ours: its settings are not touched', async () => {
  const old = start('sleep', ['1000']);
  const libvirt = new StandInDaemon(old.pid);
  const log = await DebugLog.open(libvirt.daemon, options);
  old.signal('SIGKILL');
  await old.ended;
  libvirt.set('filters', '2:*qemu.qemu_monitor*');
  expect(await log.putBack(nothing)).toBe('daemon ended');
  expect(libvirt.filters).toBe('2:*qemu.qemu_monitor*');
  expect(libvirt.folders).toEqual([]);
});
