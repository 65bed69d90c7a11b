/**
 * Kills at random moments, under a real libvirt: of the recorder, of its keeper and of the successor that starts, one
 * or two within a second. No VM may be lost. A few in each run; `npm run kills` does 200 and prints the figures.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { keepersWith } from '../support/keepers.js';
import { Libvirt, recorderOf } from '../support/libvirt.js';
import { findProgram, labTest } from '../support/programs.js';
import { random } from '../support/random.js';
import { until } from '../support/until.js';

const wanted = Number(process.env['QMPTAP_KILLS'] ?? 8);
const seed = Number(process.env['QMPTAP_SEED'] ?? Date.now() % 1e9);
const test = labTest('libvirtd', 'virsh', 'qemu-system-x86_64', 'qemu-img', 'unshare', 'bash');

type Victim = 'recorder' | 'keeper' | 'successor';

test(
  `a VM outlives ${wanted} kills`,
  async () => {
    await using libvirt = await Libvirt.start();
    const [emulator, recordings] = [join(libvirt.files, 'qemu'), join(libvirt.files, 'recordings')];
    const qemu = findProgram('qemu-system-x86_64') ?? '';
    execFileSync(process.execPath, [
      ...['dist/cli/main.js', 'emulator', emulator, '--qemu', qemu, '--recordings', recordings],
    ]);
    await libvirt.define('vm', emulator);
    await libvirt.virsh('start', 'vm');
    const pid = libvirt.qemuPid('vm');
    const next = random(seed);
    const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(next() * list.length)];
    const answers: number[] = [];
    const killed: Record<Victim, number> = { recorder: 0, keeper: 0, successor: 0 };
    let kills = 0;
    let pairs = 0;
    let close = 0;
    let last: number | undefined;

    /** Kills one; a successor is the next recorder, at any moment of its start. */
    const kill = async (victim: Victim): Promise<number> => {
      let target: number | undefined;
      if (victim === 'successor') {
        target = await until('a successor', () => {
          const found = recorderOf(recordings);
          return found === last ? undefined : found;
        });
        await sleep(next() * 600);
      } else if (victim === 'keeper') {
        target = await until('a keeper', () => pick(keepersWith(recordings)));
      } else {
        target = await until('a recorder', () => recorderOf(recordings));
        last = target;
      }
      try {
        process.kill(target, 'SIGKILL');
        kills++;
        killed[victim]++;
      } catch {
        // It has ended in this moment, or has become something else.
      }
      return performance.now();
    };

    const second: Record<string, readonly Victim[]> = {
      recorder: ['keeper', 'successor'],
      keeper: ['recorder', 'keeper'],
    };
    while (kills < wanted) {
      const first: Victim = next() < 0.6 ? 'recorder' : 'keeper';
      const at = await kill(first);
      if (next() < 0.6) {
        const other = pick(second[first] ?? []) ?? 'recorder';
        if (other !== 'successor') await sleep(next() * 1000);
        const gap = (await kill(other)) - at;
        pairs++;
        if (gap < 50) close++;
      }
      const asked = performance.now();
      const what = `after ${kills} kills (seed ${seed}), the last of ${first}: ${libvirt.log('vm').slice(-1000)}`;
      expect(await libvirt.virsh('domstate', 'vm'), what).toContain('running');
      expect(await libvirt.virsh('qemu-monitor-command', 'vm', '{"execute":"query-status"}'), what).toContain(
        'running',
      );
      expect(libvirt.qemuPid('vm'), what).toBe(pid);
      answers.push(performance.now() - asked);
      // Two kills within a second, not more.
      await sleep(1000 + next() * 500);
    }
    answers.sort((a, b) => a - b);
    const ms = (share: number): string => (answers[Math.floor(share * (answers.length - 1))] ?? 0).toFixed(0);
    process.stdout.write(
      `${kills} kills (${JSON.stringify(killed)}), ${pairs} of them in pairs within a second, ${close} pairs within 50 ms; ` +
        `no VM lost; the monitor answered after ${ms(0.5)} ms (half), ${ms(0.95)} ms (95 %), ${ms(1)} ms (all)\n`,
    );
    await libvirt.virsh('destroy', 'vm');
    await until('every helper to end', () => keepersWith(recordings).length === 0);
  },
  60_000 + wanted * 20_000,
);
