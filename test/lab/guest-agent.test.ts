/** `--agent` under libvirt, with a guest that answers. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openRecording } from '../../src/store/index/open.js';
import { findKernel, makeGuest } from '../support/guest.js';
import { Libvirt, processesOf, recorderOf } from '../support/libvirt.js';
import { run } from '../support/process.js';
import { findProgram, testUnless } from '../support/programs.js';
import { until } from '../support/until.js';

const programs = ['libvirtd', 'virsh', 'qemu-system-x86_64', 'qemu-img', 'unshare', 'busybox', 'qemu-ga'];
const kernel = findKernel();
const test = testUnless([
  ...programs.filter((program) => findProgram(program) === undefined),
  ...(kernel === undefined ? ['a kernel in /boot, with its modules'] : []),
]);

/** It boots without an accelerator, perhaps beside others that do. */
const patience = 90_000;
const name = 'guest';

interface Said {
  readonly kind: string;
  readonly name: string | undefined;
}

test(
  'what libvirt asks a guest, and what the guest answers, is recorded; a recorder that is killed is no end of that',
  async () => {
    await using libvirt = await Libvirt.start();
    const emulator = join(libvirt.files, 'qemu');
    const recordings = join(libvirt.files, 'recordings');
    const qemu = findProgram('qemu-system-x86_64')!;
    const made = await run(['emulator', emulator, '--qemu', qemu, '--recordings', recordings, '--agent']);
    expect(made.code).toBe(0);
    await libvirt.define(name, emulator, '', makeGuest(kernel!, libvirt.files));
    await libvirt.virsh('start', name);
    await answers(libvirt);
    const pid = libvirt.qemuPid(name);
    expect(await libvirt.virsh('guestinfo', name, '--os')).toContain(`os.kernel-release   : ${kernel!}`);
    expect((await libvirt.try('shutdown', name, '--mode', 'agent')).stderr).toContain(
      'has failed to shutdown',
    );
    const [first] = recordingsIn(recordings);
    await until('all that in the recording', () => saidToAgent(first!).at(-1)?.kind === 'error');

    process.kill(recorderOf(recordings)!, 'SIGKILL');
    await until('a new recorder', () => libvirt.log(name).match(/was killed; the VM goes on/g)?.length === 1);
    await answers(libvirt);
    expect(libvirt.qemuPid(name)).toBe(pid);
    expect(await libvirt.virsh('domstate', name)).toContain('running');
    await libvirt.virsh('destroy', name);
    await until('the recorder to end', () => processesOf(recordings).length === 0);

    const asked = saidToAgent(first!);
    expect(asked).toContainEqual({ kind: 'command', name: 'guest-ping' });
    expect(asked).toContainEqual({ kind: 'command', name: 'guest-get-osinfo' });
    expect(asked).toContainEqual({ kind: 'success', name: 'guest-get-osinfo' });
    expect(asked).toContainEqual({ kind: 'error', name: 'guest-shutdown' });
    const later = recordingsIn(recordings).filter((path) => path !== first);
    expect(later, 'one of the monitor and the agent').toHaveLength(1);
    expect(later.flatMap(saidToAgent)).toContainEqual({ kind: 'success', name: 'guest-ping' });
  },
  4 * patience,
);

/** Waits until the guest has booted, or libvirt has found its agent again. */
function answers(libvirt: Libvirt): Promise<unknown> {
  const ping = ['qemu-agent-command', name, '{"execute":"guest-ping"}'];
  return until('the guest to answer', async () => (await libvirt.try(...ping)).code === 0, patience);
}

function recordingsIn(folder: string): string[] {
  const names = readdirSync(folder).filter((file) => file.endsWith('.qmptap'));
  return names.map((file) => join(folder, file));
}

/** What the agent's sessions of a recording hold, in order. */
function saidToAgent(path: string): Said[] {
  using reader = openRecording(path);
  const agents = reader.sessions().filter(({ dialect }) => dialect === 'qga');
  return agents.flatMap(({ id: session }) =>
    Array.from(reader.messages({ session }), (message) => ({
      kind: message.kind,
      name: message.name ?? message.command,
    })),
  );
}
