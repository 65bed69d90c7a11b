/** A recorder in front of VMs that run, with the real libvirt: the VM is never touched. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { openRecording } from '../../src/store/index/open.js';
import { noKeeper, pairOfKeepers } from '../support/keepers.js';
import { commandLineOf, createDisk, Libvirt, processesOf } from '../support/libvirt.js';
import { qmptap, run, type Running } from '../support/process.js';
import { findProgram, labTest } from '../support/programs.js';
import { until } from '../support/until.js';

const programs = ['libvirtd', 'virsh', 'virt-admin', 'qemu-system-x86_64', 'qemu-img', 'unshare'];
const execute = promisify(execFile);
const test = labTest(...programs);
const usable = programs.every((program) => findProgram(program) !== undefined);

describe('attach, with libvirt', () => {
  let libvirt: Libvirt;

  beforeAll(async () => {
    if (!usable) return;
    libvirt = await Libvirt.start();
    for (const name of ['web1', 'web2']) await libvirt.define(name, findProgram('qemu-system-x86_64') ?? '');
  });

  afterAll(async () => {
    if (usable) await libvirt[Symbol.asyncDispose]();
  });

  const monitorOf = (name: string): string => join(libvirt.folder, `lib/qemu/domain-1-${name}/monitor.sock`);

  const domainId = async (): Promise<string> => (await libvirt.virsh('domid', 'web1')).trim();

  async function attachTo(name: string, output: string): Promise<Running> {
    const { uri } = libvirt;
    const attached = qmptap(['attach', name, '--connect', uri, '-o', output, '--json']);
    await attached.says(/libvirt keeps the connection/);
    return attached;
  }

  /** As an administrator restarts the daemon; the VMs run on. */
  async function restartDaemon(name: string): Promise<void> {
    await libvirt.kill();
    await libvirt.begin();
    // It takes the VM's state from its own files first.
    const ask = ['qemu-monitor-command', name, '{"execute":"query-status"}'];
    await until(`${name} to answer`, async () => (await libvirt.try(...ask)).code === 0);
  }

  test('a VM that runs is recorded from the next connection on, and is given back as it was', async () => {
    const output = join(libvirt.files, 'attached.qmptap');
    await libvirt.virsh('start', 'web1');
    const pid = libvirt.qemuPid('web1');
    const server = statSync(monitorOf('web1')).ino;

    const attached = await attachTo('web1', output);
    expect(statSync(monitorOf('web1')).ino).not.toBe(server);
    expect(statSync(monitorOf('web1')).mode & 0o777).toBe(
      statSync(join(`${monitorOf('web1')}.qmptap`, 'socket')).mode & 0o777,
    );
    await restartDaemon('web1');
    await attached.says(/session 1: /);

    const disk = join(libvirt.files, 'more.qcow2');
    await createDisk(disk);
    await libvirt.virsh('attach-disk', 'web1', disk, 'vdb', '--subdriver', 'qcow2');
    // Descriptors go along: a memory dump is written into one that libvirt passes.
    await libvirt.virsh('dump', '--memory-only', 'web1', join(libvirt.files, 'memory'));
    await libvirt.virsh('qemu-monitor-command', 'web1', '{"execute":"query-status"}');

    attached.signal('SIGINT');
    await attached.says(/the path is the server's again/);
    expect(statSync(monitorOf('web1')).ino).toBe(server);
    await restartDaemon('web1');
    expect(await attached.ended).toBe(130);

    await libvirt.virsh('qemu-monitor-command', 'web1', '{"execute":"query-status"}');
    expect(libvirt.qemuPid('web1')).toBe(pid);
    process.kill(pid, 0);
    await libvirt.virsh('destroy', 'web1');

    using recording = openRecording(output);
    const sessions = recording.sessions();
    expect(sessions.map(({ label, end }) => ({ label, end }))).toEqual([
      { label: 'web1', end: 'client-closed' },
    ]);
    const check = await run(['check', output]);
    expect(check.stdout + check.stderr).toMatch(/0 violations/);
    const shown = await run(['show', output, 'fds>0']);
    expect(shown.stdout).toMatch(/getfd|add-fd/);
    expect((await run(['show', output, 'cmd:blockdev-add or cmd:device_add'])).stdout).not.toBe('');
  });

  test('the VM ends while it is recorded: so does the recorder, and nothing of ours is left', async () => {
    const output = join(libvirt.files, 'ended.qmptap');
    await libvirt.virsh('start', 'web1');
    const attached = await attachTo('web1', output);
    await libvirt.virsh('destroy', 'web1');
    await attached.says(/no new client can come/);
    expect(await attached.ended).toBe(0);
    expect(attached.stderr()).toMatch(/its socket was removed/);
  });

  test('a kill -9 of the recorder: the VM goes on, and is recorded by another until it ends', async () => {
    const output = join(libvirt.files, 'killed.qmptap');
    await libvirt.virsh('start', 'web1');
    const pid = libvirt.qemuPid('web1');
    const monitor = join(
      `/proc/${pid}/root`,
      `var/lib/libvirt/qemu/domain-${await domainId()}-web1/monitor.sock`,
    );
    const attached = await attachTo('web1', output);
    await restartDaemon('web1');
    await attached.says(/session 1: /);
    await pairOfKeepers(output);
    await libvirt.virsh('qemu-monitor-command', 'web1', '{"execute":"query-status"}');
    // Its keeper has its standard error, too, so that is not closed yet.
    const killed = once(attached.child, 'exit');
    attached.signal('SIGKILL');
    await killed;
    const successor = await until('a successor that records', () =>
      readdirSync(libvirt.files).find((name) => /^\d{8}-\d{6}-web1.*\.qmptap$/.test(name)),
    );
    await libvirt.virsh('qemu-monitor-command', 'web1', '{"execute":"query-name"}');
    expect(libvirt.qemuPid('web1')).toBe(pid);
    process.kill(pid, 0);
    const second = await run(['attach', monitor, '-o', join(libvirt.files, 'second.qmptap')]);
    expect(second.stderr).toContain(`has it already, and records it in ${join(libvirt.files, successor)}`);
    // libvirtd comes anew, to the successor's listener.
    await restartDaemon('web1');
    await libvirt.virsh('destroy', 'web1');
    await noKeeper(output);
    const recording = join(libvirt.files, successor);
    await until('the successor to finish', () => !existsSync(`${recording}-journal-1`));
    expect((await run(['show', recording, 'cmd:query-name kind:success'])).stdout).toContain(
      '"name": "web1"',
    );
    expect((await run(['ls', recording])).stdout).toMatch(/^\s*2\b/m);
  });

  /** What virt-admin shows of the daemon's log. */
  const logSettings = async (): Promise<string[]> => {
    const admin = `libvirtd:///system?socket=${libvirt.folder}/run/libvirt-admin-sock`;
    const show = ['filters', 'outputs'].map((kind) =>
      execute('virt-admin', ['-q', '-c', admin, `daemon-log-${kind}`]),
    );
    return (await Promise.all(show)).map(({ stdout }) => stdout);
  };

  test('--log: libvirt tells what passes, its log is as before, and nothing is left', async () => {
    const [passed, told, cut] = ['passed', 'told', 'cut'].map((name) =>
      join(libvirt.files, `${name}.qmptap`),
    ) as [string, string, string];
    await libvirt.virsh('start', 'web1');
    await libvirt.virsh('start', 'web2');
    const attached = await attachTo('web1', passed);
    await restartDaemon('web1');
    await attached.says(/session 1: /);
    const before = await logSettings();

    const logged = qmptap(['attach', 'web1', '--log', '--connect', libvirt.uri, '-o', told, '--json']);
    await logged.says(/libvirt logs each message/);
    expect(await logSettings()).not.toEqual(before);
    const since = new Date().toISOString();
    for (const name of ['web1', 'web2']) {
      await libvirt.virsh('suspend', name);
      await libvirt.virsh('resume', name);
      await libvirt.virsh('domblkstat', name, 'vda');
    }
    await libvirt.virsh('dump', '--memory-only', 'web1', join(libvirt.files, 'memory-2'));
    logged.signal('SIGTERM');
    expect(await logged.ended).toBe(143);
    expect(logged.stderr()).toMatch(/filters and outputs are as they were; \d+ kB of log were read/);
    expect(await logSettings()).toEqual(before);
    expect(existsSync(join(libvirt.folder, 'lib/qmptap'))).toBe(false);
    // libvirt may close a monitor before it has read the last events of a VM that it destroys.
    const end = new Date().toISOString();
    for (const name of ['web1', 'web2']) await libvirt.virsh('destroy', name);
    expect(await attached.ended).toBe(0);

    expect((await run(['export', passed, `time>${since} time<${end}`, '-o', cut])).code).toBe(0);
    const diff = await run(['diff', cut, told]);
    expect({ code: diff.code, stdout: diff.stdout }).toMatchObject({ code: 0 });
    using recording = openRecording(told);
    const [session, ...others] = recording.sessions();
    expect(others).toEqual([]);
    expect(session).toMatchObject({ label: 'web1', notes: [expect.stringMatching(/^reconstructed: /)] });
    expect(recording.count()).toBeGreaterThan(20);
  });

  test('--log: what a kill -9 of it and of its guard has left is undone by the next attach', async () => {
    await libvirt.virsh('start', 'web1');
    const before = await logSettings();
    const output = join(libvirt.files, 'left.qmptap');
    const logged = qmptap(['attach', 'web1', '--log', '--connect', libvirt.uri, '-o', output]);
    await logged.says(/libvirt logs each message/);
    const set = await logSettings();
    for (const pid of processesOf(libvirt.uri).filter((one) => commandLineOf(one).includes('log-guard')))
      process.kill(pid, 'SIGKILL');
    logged.signal('SIGKILL');
    await logged.ended;
    expect(await logSettings()).toEqual(set);
    expect(set).not.toEqual(before);
    const undone = await run(['attach', '--undo', '--log', '--connect', libvirt.uri]);
    expect(undone).toMatchObject({ code: 0 });
    expect(undone.stderr).toMatch(
      /an attach --log was killed: libvirt's log filters and outputs are as they/,
    );
    expect(await logSettings()).toEqual(before);
    expect(existsSync(join(libvirt.folder, 'lib/qmptap'))).toBe(false);
    await libvirt.virsh('destroy', 'web1');
  });

  test('--own-monitor: events beside libvirt from QEMU 11.1 on; an older one is told in one line', async () => {
    const { uri } = libvirt;
    const output = join(libvirt.files, 'own.qmptap');
    await libvirt.virsh('start', 'web1');
    const list = ['qemu-monitor-command', 'web1', '{"execute":"qom-list","arguments":{"path":"/objects"}}'];
    const canMake = /"monitor-qmp"/.test(
      await libvirt.virsh('qemu-monitor-command', 'web1', '{"execute":"qom-list-types"}'),
    );
    const own = qmptap(['attach', 'web1', '--own-monitor', '--connect', uri, '-o', output, '--json']);
    if (canMake) {
      await own.says(/session 1: /);
      expect(await libvirt.virsh(...list)).toContain('qmptap');
      await libvirt.virsh('suspend', 'web1');
      await libvirt.virsh('resume', 'web1');
      await own.says(/"event","name":"RESUME"/, 'stdout');
      own.signal('SIGINT');
      expect(await own.ended).toBe(130);
      expect(own.stderr()).toMatch(/marks web1 as tainted[^]*own is gone from web1/);
      expect(await libvirt.virsh(...list)).not.toContain('qmptap');
    } else {
      expect(await own.ended).toBe(2);
      expect(own.stderr()).toMatch(/qmptap: web1: its QEMU cannot make a monitor while it runs \(QEMU 11\.1/);
      expect(existsSync(output)).toBe(false);
    }
    await libvirt.virsh('destroy', 'web1');
  });

  test('a domain that does not run is named, with those that do', async () => {
    const { uri } = libvirt;
    const { code, stderr } = await run(['attach', 'web3', '--connect', uri]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^qmptap: no domain web3 runs on .*; no domain runs$/m);
  });
});
