/** libvirt without QEMU: what the emulator has recorded is played back to it, and it does not notice. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { Message } from '../../src/recording/message.js';
import { openRecording } from '../../src/store/index/open.js';
import { commandLineOf, Libvirt, processesOf } from '../support/libvirt.js';
import { findProgram, labTest } from '../support/programs.js';
import { until } from '../support/until.js';

const programs = ['libvirtd', 'virsh', 'qemu-system-x86_64', 'qemu-img', 'unshare', 'bash'];
const test = labTest(...programs);
const usable = programs.every((program) => findProgram(program) !== undefined);

function emulator(path: string, ...flags: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, ['dist/cli/main.js', 'emulator', path, ...flags]);
  if (status !== 0) throw new Error(stderr.toString());
}

/** The recordings of VMs, not of probing. */
const vmRecordings = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('-vm.qmptap') || /-vm-\d+\.qmptap$/.test(file))
    .map((file) => join(folder, file));

function isRestored(file: string): boolean {
  using recording = openRecording(file);
  return [...recording.messages()].some(({ name }) => name === 'migrate-incoming');
}

/** What must be the same in a recording and in the recording of its replay. */
function textOf({ dir, raw }: Message): string {
  return `${dir} ${Buffer.from(raw).toString()}`
    .replace(/("id": ?)"libvirt-\d+"/, '$1"libvirt-N"')
    .replace(/("thread-id": ?)\d+/g, '$1N');
}

/** Each direction for itself: between an answer and an event there is no order that counts. */
function textsOf(file: string, dir: Message['dir']): string[] {
  using recording = openRecording(file);
  return [...recording.messages()].filter((message) => message.dir === dir && !isKilled(message)).map(textOf);
}

/** Told by a QEMU that is killed. */
const isKilled = ({ name, raw }: Message): boolean =>
  name === 'SHUTDOWN' && Buffer.from(raw).includes('host-signal');

describe('libvirt and a recorded QEMU', () => {
  let libvirt: Libvirt;
  let path: string;
  let recordings: string;
  let before: readonly string[];
  let restored: readonly string[];
  let capabilities: string;

  /** A VM's life, of questions only; what virsh prints. */
  const life = (on: Libvirt): Promise<string[]> =>
    said(on, [
      ['start', 'vm'],
      ['domstate', 'vm'],
      ['list', '--name'],
      ['dominfo', 'vm'],
      ['domblklist', 'vm'],
      ['vcpuinfo', 'vm'],
      ['qemu-monitor-command', 'vm', '{"execute":"query-status"}'],
      ['qemu-monitor-command', 'vm', '{"execute":"query-block"}'],
      ['suspend', 'vm'],
      ['domstate', '--reason', 'vm'],
      ['resume', 'vm'],
      ['domstate', '--reason', 'vm'],
      ['save', 'vm', join(on.files, 'saved')],
      ['domstate', '--reason', 'vm'],
    ]);

  /** What comes of the saved one: QEMU is started with -incoming then. */
  const secondLife = (on: Libvirt): Promise<string[]> =>
    said(on, [
      ['restore', join(on.files, 'saved')],
      ['domstate', '--reason', 'vm'],
      ['qemu-monitor-command', 'vm', '{"execute":"query-status"}'],
      ['destroy', 'vm'],
    ]);

  async function said(on: Libvirt, commands: readonly (readonly string[])[]): Promise<string[]> {
    const said: string[] = [];
    for (const command of commands) {
      const { code, stdout, stderr } = await on.try(...command);
      said.push(
        `${command.join(' ')}\n${code}\n${stdout}${stderr}`
          .replaceAll(on.folder, 'FOLDER')
          .replace(/libvirt-\d+/g, 'libvirt-N')
          .replace(/^(?:Id|UUID|CPU|CPU time):.*\n/gm, ''),
      );
    }
    return said;
  }

  beforeAll(async () => {
    if (!usable) return;
    libvirt = await Libvirt.start();
    path = join(libvirt.files, 'emulator');
    recordings = join(libvirt.files, 'recordings');
    emulator(path, '--qemu', 'qemu-system-x86_64', '--recordings', recordings, '--probe');
    await libvirt.define('vm', path);
    before = await life(libvirt);
    restored = await secondLife(libvirt);
    capabilities = await libvirt.virsh('domcapabilities', '--emulatorbin', path);
    await until('the recordings to be whole', () =>
      readdirSync(recordings).every((file) => file.endsWith('.qmptap')),
    );
    await libvirt.kill();
    libvirt.hideQemu();
    emulator(path, '--replay', recordings);
    await libvirt.begin();
  }, 120_000);

  afterAll(async () => {
    if (usable) await libvirt[Symbol.asyncDispose]();
  });

  test('the real one did all that it was asked for', () => {
    const all = [...before, ...restored];
    expect(all.map((text) => text.split('\n')[1])).toEqual(all.map(() => '0'));
    expect(readdirSync(recordings).filter((file) => file.includes('probing')).length).toBeGreaterThan(0);
  });

  test("libvirt's questions to a QEMU that is not there are answered as by the real one", async () => {
    expect(await libvirt.virsh('domcapabilities', '--emulatorbin', path)).toBe(capabilities);
  });

  test('a VM starts, answers and ends as recorded, and no QEMU runs; the replay of the replay as well', async () => {
    expect(await life(libvirt)).toEqual(before);
    // Recorded while it is played: libvirt, recorder, recorded QEMU.
    const again = join(libvirt.files, 'again');
    const second = join(libvirt.files, 'second');
    emulator(again, '--qemu', path, '--recordings', second);
    await libvirt.define('vm', again);
    expect(await life(libvirt)).toEqual(before);
    await until('the recorder to end', () => processesOf(second).length === 0);
    const first = vmRecordings(recordings).find((file) => !isRestored(file));
    const [replayed] = vmRecordings(second);
    expect(textsOf(replayed!, 'c2s')).toEqual(textsOf(first!, 'c2s'));
    expect(textsOf(replayed!, 's2c')).toEqual(textsOf(first!, 's2c'));
    expect(textsOf(first!, 'c2s').length).toBeGreaterThan(25); // libvirt 9.0 says 400, 12.8 says 28
  }, 120_000);

  test('one that is restored is what was recorded of a restore; the log names the file', async () => {
    await libvirt.define('vm', path);
    expect(await life(libvirt)).toEqual(before);
    const [booted, incoming] = [false, true].map((is) =>
      vmRecordings(recordings).find((file) => isRestored(file) === is),
    );
    const playedLast = (): string | undefined =>
      [...libvirt.log('vm').matchAll(/^qmptap: charmonitor plays (.*)$/gm)].at(-1)?.[1];
    expect(playedLast()).toBe(booted);
    expect(await secondLife(libvirt)).toEqual(restored);
    expect(playedLast()).toBe(incoming);
  }, 60_000);

  test('while it runs it is node and not QEMU; what was not recorded is an error for the user; destroy ends it', async () => {
    await libvirt.define('vm', path);
    await libvirt.virsh('start', 'vm');
    const pid = libvirt.qemuPid('vm');
    expect(commandLineOf(pid)).toContain('main.js impersonate');
    const unknown = await libvirt.try('qemu-monitor-command', 'vm', '{"execute":"query-memory-devices"}');
    expect(unknown.stdout + unknown.stderr).toContain("'query-memory-devices' was not recorded");
    expect(await libvirt.virsh('domstate', 'vm')).toContain('running');
    await libvirt.virsh('destroy', 'vm');
    await until('the process to end', () => commandLineOf(pid) === '');
    expect(await libvirt.virsh('domstate', 'vm')).toContain('shut off');
  }, 60_000);
});
