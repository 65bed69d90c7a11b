/** libvirt through the recording emulator: everything works as without it, and is recorded. */
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { openRecording } from '../../src/store/index/open.js';
import { commandLineOf, createDisk, Libvirt, processesOf } from '../support/libvirt.js';
import { run } from '../support/process.js';
import { findProgram, labTest } from '../support/programs.js';
import { until } from '../support/until.js';

const programs = ['libvirtd', 'virsh', 'qemu-system-x86_64', 'qemu-img', 'unshare', 'bash'];
const test = labTest(...programs);
const usable = programs.every((program) => findProgram(program) !== undefined);
const qemu = findProgram('qemu-system-x86_64') ?? '';

describe('libvirt', () => {
  let libvirt: Libvirt;
  let emulator: string;
  let recordings: string;

  beforeAll(async () => {
    if (!usable) return;
    libvirt = await Libvirt.start();
    emulator = join(libvirt.files, 'qemu');
    recordings = join(libvirt.files, 'recordings');
    const made = await write(emulator, '--qemu', qemu, '--recordings', recordings);
    expect(made).toBe(0);
  });

  afterAll(async () => {
    if (usable) await libvirt[Symbol.asyncDispose]();
  });

  async function write(path: string, ...flags: readonly string[]): Promise<number | string> {
    const child = await import('node:child_process');
    return child.spawnSync(process.execPath, ['dist/cli/main.js', 'emulator', path, ...flags]).status ?? -1;
  }

  const filesOf = (name: string): string[] =>
    readdirSync(recordings).filter((file) => file.includes(`-${name}`));

  /** The recordings of a VM, oldest first. */
  function recordingsOf(name: string): string[] {
    const paths = filesOf(name)
      .filter((file) => file.endsWith('.qmptap'))
      .map((file) => join(recordings, file));
    const made = new Map(paths.map((path) => [path, statSync(path).birthtimeMs]));
    return paths.sort((a, b) => made.get(a)! - made.get(b)!);
  }

  /** What lies beside a VM's recordings, while they are being written or after a crash. */
  const leftovers = (name: string): string[] => filesOf(name).filter((file) => !file.endsWith('.qmptap'));

  /** Waits until nothing of a VM runs any more. */
  const quiet = (name: string): Promise<unknown> =>
    until(`all of ${name} to end`, () =>
      processesOf(libvirt.folder).every((pid) => !commandLineOf(pid).includes(`guest=${name}`)),
    );

  /** What a day in the life of a VM prints; what is different every time is taken out. */
  async function day(name: string): Promise<string[]> {
    const said: string[] = [];
    const virsh = async (...args: readonly string[]): Promise<void> => {
      const { code, stdout, stderr } = await libvirt.try(...args);
      const text = `${args.join(' ')}\n${code}\n${stdout}${stderr}`;
      said.push(
        text
          .replaceAll(name, 'VM')
          .replace(/libvirt-\d+/g, 'libvirt-N')
          .replace(/Block Copy: \[.*\r?/g, ''),
      );
    };
    const files = (file: string): string => join(libvirt.files, `${name}-${file}`);
    await createDisk(files('more.qcow2'));
    const nic = files('nic.xml');
    writeFileSync(
      nic,
      "<interface type='user'><mac address='52:54:00:00:00:01'/><model type='virtio'/></interface>",
    );
    await virsh('start', name);
    await virsh('domstate', '--reason', name);
    await virsh('qemu-monitor-command', name, '{"execute":"query-status"}');
    await virsh('qemu-monitor-command', name, '{"execute":"no-such-command"}');
    await virsh('qemu-monitor-command', name, '--hmp', 'info status');
    await virsh('attach-disk', name, files('more.qcow2'), 'vdb', '--subdriver', 'qcow2');
    await virsh('domblklist', name);
    await virsh('attach-device', name, nic);
    await virsh('domiflist', name);
    await virsh('save', name, files('saved'));
    await virsh('restore', files('saved'));
    await virsh('dump', '--memory-only', name, files('dump'));
    await virsh(
      'blockcopy',
      name,
      'vda',
      '--dest',
      files('copy.qcow2'),
      '--wait',
      '--transient-job',
      '--pivot',
    );
    const backup = files('backup.xml');
    writeFileSync(
      backup,
      `<domainbackup><disks><disk name='vda' type='file'><target file='${files('backup')}'/></disk><disk name='vdb' backup='no'/></disks></domainbackup>`,
    );
    await virsh('backup-begin', name, backup);
    await until('the backup to end', async () =>
      (await libvirt.try('domjobinfo', name)).stdout.includes('None'),
    );
    await virsh('suspend', name);
    await virsh('domstate', '--reason', name);
    await virsh('resume', name);
    await virsh('reboot', name, '--mode', 'acpi');
    await virsh('reset', name);
    await virsh('detach-disk', name, 'vdb');
    await virsh('managedsave', name);
    await virsh('start', name);
    await virsh('snapshot-create-as', name, 'first');
    await virsh('snapshot-list', name, '--name');
    await virsh('qemu-agent-command', name, '{"execute":"guest-ping"}');
    await virsh('dommemstat', name);
    await virsh('destroy', name);
    await virsh('domstate', '--reason', name);
    return said.map((text) => text.replace(/^(?:rss|last_update) .*$/gm, ''));
  }

  test('a day in the life of a VM is the same with qmptap and without it, and recorded whole', async () => {
    await libvirt.define('plain', qemu);
    await libvirt.define('tapped', emulator);
    const without = await day('plain');
    const through = await day('tapped');
    expect(through).toEqual(without);
    expect(through.filter((text) => text.split('\n')[1] !== '0').map((text) => text.split('\n')[0])).toEqual([
      'qemu-agent-command VM {"execute":"guest-ping"}',
    ]);
    await quiet('tapped');
    const files = recordingsOf('tapped');
    // Started, restored, started from its saved state.
    expect(files).toHaveLength(3);
    for (const file of files) {
      expect(await run(['check', file])).toMatchObject({ code: 0 });
      using recording = openRecording(file);
      const [session, more] = recording.sessions();
      expect(more).toBeUndefined();
      expect(session).toMatchObject({ label: 'tapped', dialect: 'qmp' });
      // libvirt hangs up before it ends a VM that it has saved.
      expect(['server-closed', 'client-closed']).toContain(session!.end);
      expect(session!.notes[0]).toContain(`${qemu} -name guest=tapped,debug-threads=on`);
      expect([...recording.messages({ where: { op: 'flag', field: 'pending' } })]).toEqual([]);
    }
    using first = openRecording(files[0]!);
    const passed = [...first.messages()].filter(({ fds }) => fds > 0).map(({ name }) => name);
    expect(passed).toContain('getfd');
    expect(leftovers('tapped')).toEqual([]);
    expect(libvirt.log('tapped')).not.toContain('qmptap:');
  }, 180_000);

  test('a VM outlives its libvirtd, and the next one talks to it in the same recording', async () => {
    await libvirt.define('daemon', emulator);
    await libvirt.virsh('start', 'daemon');
    const pid = libvirt.qemuPid('daemon');
    await libvirt.kill();
    await libvirt.begin();
    await until(
      'the VM to be found again',
      async () => (await libvirt.try('domstate', 'daemon')).stdout.trim() === 'running',
    );
    expect(libvirt.qemuPid('daemon')).toBe(pid);
    expect(await libvirt.virsh('qemu-monitor-command', 'daemon', '{"execute":"query-status"}')).toContain(
      'running',
    );
    await libvirt.virsh('destroy', 'daemon');
    await quiet('daemon');
    const [file] = recordingsOf('daemon');
    using recording = openRecording(file!);
    expect(recording.sessions().map(({ label, end }) => [label, end])).toEqual([
      ['daemon', 'client-closed'],
      ['daemon', 'server-closed'],
    ]);
    expect(await run(['check', file!])).toMatchObject({ code: 0 });
  }, 90_000);

  test('a VM outlives its recorder, twice, and the recording goes on in another file', async () => {
    await libvirt.define('keeper', emulator);
    await libvirt.virsh('start', 'keeper');
    const pid = libvirt.qemuPid('keeper');
    for (const kill of [1, 2]) {
      await until(
        'a recorder and its keeper',
        () => recorderOf(pid) !== undefined && keeperOf(pid) !== undefined,
      );
      process.kill(recorderOf(pid)!, 'SIGKILL');
      const answer = await libvirt.virsh('qemu-monitor-command', 'keeper', '{"execute":"query-status"}');
      expect(answer).toContain('running');
      expect(libvirt.qemuPid('keeper')).toBe(pid);
      expect(libvirt.log('keeper').match(/was killed; the VM goes on/g)).toHaveLength(kill);
    }
    await libvirt.virsh('destroy', 'keeper');
    await quiet('keeper');
    await until('the recorders to end', () => recorderOf(pid) === undefined && keeperOf(pid) === undefined);
    const files = recordingsOf('keeper');
    expect(files).toHaveLength(3);
    using second = openRecording(files[1]!);
    expect(second.sessions()[0]!.notes[0]).toContain(`goes on from ${files[0]!}`);
    // What the killed one was told in its last 20 ms is lost.
    using last = openRecording(files[2]!);
    expect([...last.messages()].map(({ name }) => name)).toContain('query-status');
  }, 90_000);

  test("limits go along with the VM: a libvirtd's new session in a new file, the oldest removed, and no other's", async () => {
    const limited = join(libvirt.files, 'limited');
    expect(
      await write(limited, '--qemu', qemu, '--recordings', recordings, '--max-sessions', '1', '--keep', '2'),
    ).toBe(0);
    const others = readdirSync(recordings).sort();
    await libvirt.define('limited', limited);
    await libvirt.virsh('start', 'limited');
    const pid = libvirt.qemuPid('limited');
    const [first] = recordingsOf('limited');
    await libvirt.kill();
    await libvirt.begin();
    await until('the new file', () => recordingsOf('limited').length === 2);
    await until(
      'the VM to be found again',
      async () => (await libvirt.try('domstate', 'limited')).stdout.trim() === 'running',
    );
    await until('the first file to be finished', () => !existsSync(`${first!}-lock`));
    // The one that takes over from a killed recorder has the same limits.
    await until('a keeper', () => keeperOf(pid) !== undefined);
    process.kill(recorderOf(pid)!, 'SIGKILL');
    await until('the oldest to be removed', () => !existsSync(first!));
    expect(await libvirt.virsh('qemu-monitor-command', 'limited', '{"execute":"query-name"}')).toContain(
      'limited',
    );
    await libvirt.virsh('destroy', 'limited');
    await quiet('limited');
    const files = recordingsOf('limited');
    expect(files).toHaveLength(2);
    for (const file of files) {
      using recording = openRecording(file);
      expect(recording.sessions().map(({ label }) => label)).toEqual(['limited']);
      expect(recording.sessions()[0]!.notes[0]).toContain('-name guest=limited');
    }
    expect(libvirt.log('limited')).toContain(`${first!}: removed, as the oldest of too many`);
    expect(
      readdirSync(recordings)
        .filter((name) => !name.includes('-limited'))
        .sort(),
    ).toEqual(others);
  }, 90_000);

  test('told to end, the recorder ends the recording, and the VM goes on', async () => {
    await libvirt.define('told', emulator);
    await libvirt.virsh('start', 'told');
    const pid = libvirt.qemuPid('told');
    process.kill(recorderOf(pid)!, 'SIGTERM');
    const [file] = recordingsOf('told');
    await until('the recording to be whole', () => !existsSync(`${file!}-lock`));
    expect(await libvirt.virsh('qemu-monitor-command', 'told', '{"execute":"query-status"}')).toContain(
      'running',
    );
    await libvirt.virsh('destroy', 'told');
    await quiet('told');
    using recording = openRecording(file!);
    expect(recording.sessions()[0]).toMatchObject({ end: 'stopped', endReason: 'told to end by SIGTERM' });
    expect(recordingsOf('told')).toHaveLength(1);
  }, 60_000);

  test('a VM starts untouched where its recorder cannot, and its log says why', async () => {
    const bad = join(libvirt.files, 'bad');
    const folder = join(libvirt.files, 'nowhere');
    expect(await write(bad, '--qemu', qemu, '--recordings', folder)).toBe(0);
    rmSync(folder, { recursive: true });
    writeFileSync(folder, '');
    await libvirt.define('untouched', bad);
    await libvirt.virsh('start', 'untouched');
    expect(commandLineOf(libvirt.qemuPid('untouched'))).toMatch(
      /-chardev socket,id=charmonitor,fd=\d+,server=on,wait=off/,
    );
    expect(await libvirt.virsh('domstate', 'untouched')).toContain('running');
    await libvirt.virsh('destroy', 'untouched');
    const lines = libvirt
      .log('untouched')
      .split('\n')
      .filter((line) => line.startsWith('qmptap:'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^qmptap: not recorded: .*nowhere.*; QEMU starts without qmptap$/);
  }, 60_000);

  test('two VMs at once, ten times, leave no process, socket, descriptor or unfinished file behind', async () => {
    await libvirt.define('one', emulator);
    await libvirt.define('two', emulator);
    const both = (command: string): Promise<string[]> =>
      Promise.all(['one', 'two'].map((name) => libvirt.virsh(command, name)));
    let descriptors = 0;
    for (let round = 0; round < 10; round++) {
      await both('start');
      await both('destroy');
      if (round === 0) descriptors = openDescriptors(libvirt.pid);
    }
    await quiet('one');
    await quiet('two');
    await until('every helper to end', () => processesOf(recordings).length === 0);
    expect([...leftovers('one'), ...leftovers('two')]).toEqual([]);
    expect(recordingsOf('one')).toHaveLength(10);
    expect(recordingsOf('two')).toHaveLength(10);
    expect(
      readdirSync(join(libvirt.folder, 'lib/qemu')).filter((name) => name.startsWith('domain-')),
    ).toEqual([]);
    expect(openDescriptors(libvirt.pid)).toBeLessThanOrEqual(descriptors);
  }, 120_000);

  const recorderOf = (qemuPid: number): number | undefined =>
    processesOf(recordings).find(
      (pid) => isNode(pid) && new RegExp(`--pid ${qemuPid} |"pid":${qemuPid},`).test(commandLineOf(pid)),
    );

  const keeperOf = (qemuPid: number): number | undefined =>
    processesOf(recordings).find(
      (pid) =>
        commandLineOf(pid).includes('qmptap-keeper') && commandLineOf(pid).includes(`"pid":${qemuPid},`),
    );
});

function isNode(pid: number): boolean {
  return !commandLineOf(pid).includes('qmptap-keeper');
}

function openDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}
