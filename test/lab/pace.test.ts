/**
 * A recorded QEMU and a libvirt that asks more than was recorded, or nothing at all: the same comes of it. More often:
 * QMPTAP_PACES=50 npx vitest run test/lab/pace.test.ts
 */
import { spawnSync } from 'node:child_process';
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { Libvirt } from '../support/libvirt.js';
import { findProgram, labTest } from '../support/programs.js';
import { until } from '../support/until.js';

const programs = ['libvirtd', 'virsh', 'qemu-system-x86_64', 'qemu-img', 'qemu-io', 'unshare', 'bash'];
const test = labTest(...programs);
const usable = programs.every((program) => findProgram(program) !== undefined);
const rounds = Number(process.env.QMPTAP_PACES ?? 1);

function emulator(path: string, ...flags: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, ['dist/cli/main.js', 'emulator', path, ...flags]);
  if (status !== 0) throw new Error(stderr.toString());
}

/** Questions of virsh's that ask QEMU. */
const questions: readonly (readonly string[])[] = [
  ['domstats', 'vm', '--block', '--balloon', '--vcpu', '--state'],
  ['domblklist', 'vm'],
  ['blockjob', 'vm', 'vda', '--info'],
  ['domjobinfo', 'vm'],
  ['qemu-monitor-command', 'vm', '{"execute":"query-status"}'],
];

type Pace = 'as recorded' | 'asks all the time' | 'never asks';

describe('a recorded QEMU', () => {
  let libvirt: Libvirt;
  let before: readonly string[];

  /** What comes of the commands that change something. */
  async function life(pace: Pace): Promise<string[]> {
    const copy = join(libvirt.files, 'copy.qcow2');
    // libvirt copies to no file that has something in it.
    truncateSync(copy, 0);
    const changes = [
      ['start', 'vm'],
      ['suspend', 'vm'],
      ['resume', 'vm'],
      // It takes two seconds.
      ['blockcopy', 'vm', 'vda', copy, '--format', 'qcow2', '--bandwidth', '4', '--transient-job'],
      ['blockjob', 'vm', 'vda', '--pivot'],
      ['domblklist', 'vm'],
      ['setmem', 'vm', '32M', '--live'],
      ['save', 'vm', join(libvirt.files, 'saved')],
    ];
    const said: string[] = [];
    const asking = new AbortController();
    if (pace !== 'asks all the time') asking.abort();
    const asked = (async () => {
      while (!asking.signal.aborted) for (const question of questions) await libvirt.try(...question);
    })();
    for (const change of changes) {
      if (pace === 'as recorded') for (const question of questions) await libvirt.try(...question);
      let { code, stdout, stderr } = await libvirt.try(...change);
      // libvirt asks nothing here: it waits for the event.
      if (change.includes('--pivot') && code !== 0) {
        await until('the copy to be ready', async () => {
          ({ code, stdout, stderr } = await libvirt.try(...change));
          return code === 0;
        });
      }
      said.push(`${change.join(' ')}\n${code}\n${stdout}${stderr}`);
    }
    asking.abort();
    await asked;
    return said;
  }

  beforeAll(async () => {
    if (!usable) return;
    libvirt = await Libvirt.start();
    const path = join(libvirt.files, 'emulator');
    const recordings = join(libvirt.files, 'recordings');
    emulator(path, '--qemu', 'qemu-system-x86_64', '--recordings', recordings, '--probe');
    await libvirt.define('vm', path);
    const [disk, copy] = [join(libvirt.files, 'vm.qcow2'), join(libvirt.files, 'copy.qcow2')];
    spawnSync('qemu-io', ['-c', 'write -q -P 1 0 8M', disk]);
    spawnSync('qemu-img', ['create', '-q', '-f', 'qcow2', copy, '16M']);
    before = await life('as recorded');
    await libvirt.kill();
    libvirt.hideQemu();
    emulator(path, '--replay', recordings);
    await libvirt.begin();
  }, 120_000);

  afterAll(async () => {
    if (usable) await libvirt[Symbol.asyncDispose]();
  });

  test('was a QEMU that did all', () => {
    expect(before.map((text) => text.split('\n')[1])).toEqual(before.map(() => '0'));
    expect(before[5]).toContain('copy.qcow2');
  });

  for (let round = 1; round <= rounds; round++) {
    for (const pace of ['as recorded', 'asks all the time', 'never asks'] as const) {
      test(`is the same to a libvirt that ${pace} (${round})`, async () => {
        expect(await life(pace)).toEqual(before);
      }, 120_000);
    }
  }
});
