/** What `why` says of real QEMUs under a real libvirt. */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { collectFindings } from '../../src/inspect/why/why.js';
import { openRecording } from '../../src/store/index/open.js';
import { createDisk, Libvirt } from '../support/libvirt.js';
import { run } from '../support/process.js';
import { findProgram, labTest } from '../support/programs.js';
import { until } from '../support/until.js';

const programs = ['libvirtd', 'virsh', 'qemu-system-x86_64', 'qemu-img', 'unshare', 'bash'];
const test = labTest(...programs);
const usable = programs.every((program) => findProgram(program) !== undefined);

describe('why, under libvirt', () => {
  let libvirt: Libvirt;
  let emulator: string;
  let recordings: string;

  beforeAll(async () => {
    if (!usable) return;
    libvirt = await Libvirt.start();
    emulator = join(libvirt.files, 'qemu');
    recordings = join(libvirt.files, 'recordings');
    const made = spawnSync(process.execPath, ['dist/cli/main.js', 'emulator', emulator, '--qemu', 'qemu-system-x86_64', '--recordings', recordings]); // prettier-ignore
    expect(made.status).toBe(0);
  });

  afterAll(async () => {
    if (usable) await libvirt[Symbol.asyncDispose]();
  });

  const recordingsOf = (name: string): string[] =>
    readdirSync(recordings)
      .filter((file) => file.includes(`-${name}`) && file.endsWith('.qmptap'))
      .map((file) => join(recordings, file))
      .sort((a, b) => statSync(a).birthtimeMs - statSync(b).birthtimeMs);

  test('a QEMU that is stopped, with a disk that its guest will not release: both, in this order', async () => {
    await libvirt.define('stuck', emulator);
    const disk = join(libvirt.files, 'more.qcow2');
    await createDisk(disk);
    await libvirt.virsh('start', 'stuck');
    await libvirt.virsh('attach-disk', 'stuck', disk, 'vdb', '--subdriver', 'qcow2');
    // There is no operating system: libvirt waits 5 s for the guest, and gives up.
    await libvirt.try('detach-disk', 'stuck', 'vdb');
    const pid = libvirt.qemuPid('stuck');
    process.kill(pid, 'SIGSTOP');
    try {
      const asking = libvirt.try('domblkstat', 'stuck', 'vda');
      const [file = ''] = recordingsOf('stuck');
      const kinds = await until('both to be old enough', () => {
        using recording = openRecording(file);
        const found = collectFindings(recording, { now: Date.now() * 1000 });
        return found[0]?.kind === 'held-monitor' && found.map(({ kind }) => kind);
      });
      expect(kinds).toEqual(['held-monitor', 'removal-unfinished']);
      const { stdout, code } = await run(['why', file, '--fail-on', 'error']);
      expect(stdout).toMatch(/^error {4}the monitor is held by query-blockstats: no response for /);
      expect(stdout).toContain(
        'error    the removal of virtio-disk1 was accepted, but DEVICE_DELETED did not come',
      );
      expect(code).toBe(3);
      process.kill(pid, 'SIGCONT');
      await asking;
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await libvirt.virsh('destroy', 'stuck');
  }, 90_000);

  test('nothing after a clean start, save, restore and destroy', async () => {
    await libvirt.define('clean', emulator);
    const saved = join(libvirt.files, 'saved');
    await libvirt.virsh('start', 'clean');
    await libvirt.virsh('dommemstat', 'clean');
    await libvirt.virsh('save', 'clean', saved);
    await libvirt.virsh('restore', saved);
    await libvirt.virsh('destroy', 'clean');
    const files = recordingsOf('clean');
    expect(files).toHaveLength(2);
    for (const file of files) {
      await until('the recording to end', () => {
        using recording = openRecording(file);
        return !recording.info.live;
      });
      using recording = openRecording(file);
      expect(recording.count()).toBeGreaterThan(30);
      // How long a command takes is this machine's matter.
      const found = collectFindings(recording).filter(({ kind }) => kind !== 'slow-command');
      expect(found.map(({ title }) => title)).toEqual([]);
    }
  }, 90_000);
});
