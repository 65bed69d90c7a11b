import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { openRecording } from '../../../src/store/index/open.js';
import { testFolder } from '../../support/folder.js';
import { findProgram, labTest } from '../../support/programs.js';
import { SmallVm } from '../../support/small-libvirt.js';
import { until } from '../../support/until.js';

const test = labTest('qemu-system-x86_64', 'python3', 'bash');
const qemu = findProgram('qemu-system-x86_64') ?? '';

/** A VM behind an emulator of a package that can be removed; connected. */
async function vm(): Promise<{ vm: SmallVm; pack: string; recordings: string }> {
  const folder = testFolder();
  const [pack, recordings, emulator] = ['package', 'recordings', 'emulator'].map((name) =>
    join(folder, name),
  );
  cpSync('dist', join(pack!, 'dist'), { recursive: true });
  cpSync('package.json', join(pack!, 'package.json'));
  symlinkSync(join(process.cwd(), 'node_modules'), join(pack!, 'node_modules'));
  execFileSync(process.execPath, [
    ...[join(pack!, 'dist/cli/main.js'), 'emulator', emulator!, '--qemu', qemu, '--recordings', recordings!],
  ]);
  const started = new SmallVm(folder, emulator!, recordings!);
  await started.connect();
  await started.settled();
  return { vm: started, pack: pack!, recordings: recordings! };
}

const recordingsIn = (folder: string): string[] =>
  readdirSync(folder).filter((name) => name.endsWith('.qmptap')).sort(); // prettier-ignore

describe('a VM whose recorder is killed', () => {
  test('goes on, recorded by another, whatever is killed with it', async () => {
    const { vm: one, recordings } = await vm();
    const kill = (pid: number | undefined, signal: NodeJS.Signals = 'SIGKILL'): void => {
      process.kill(pid!, signal);
    };
    const successorOf = (recorder: number): Promise<number> =>
      until('a successor', async () => {
        const pid = await one.recorder();
        return pid === recorder ? undefined : pid;
      });
    const ways: Record<string, (recorder: number, keeper: readonly number[]) => Promise<void> | void> = {
      recorder: (recorder) => {
        kill(recorder);
      },
      'recorder-and-guard': (recorder, [guard]) => {
        kill(guard);
        kill(recorder);
      },
      'recorder-and-waiter': (recorder, [, waiter]) => {
        kill(recorder);
        kill(waiter);
      },
      'recorder-and-successor': async (recorder) => {
        kill(recorder);
        kill(await successorOf(recorder));
      },
      'recorder-and-SIGTERM': async (recorder, keeper) => {
        for (const pid of keeper) kill(pid, 'SIGTERM');
        kill(recorder);
        kill(await successorOf(recorder), 'SIGTERM');
      },
    };
    for (const [way, act] of Object.entries(ways)) {
      const recorder = await one.settled();
      await act(recorder, one.keepers().sort((a, b) => a - b)); // prettier-ignore
      await one.answers(way);
    }
    await one.settled();
    await one.end();
    const files = recordingsIn(recordings);
    expect(files.length).toBeGreaterThan(Object.keys(ways).length);
    // Two of one second are not in the order of their names, and one that was told to end keeps nothing more.
    const kept = files.flatMap((file) => {
      using recording = openRecording(join(recordings, file));
      return [
        recording.sessions().flatMap(({ notes }) => notes),
        [...recording.messages()].map(({ id }) => id),
      ];
    });
    // Of each recorder that was killed the last 20 ms are lost, and with them perhaps the one exchange it had.
    const exchanged = Object.keys(ways).map((way) => JSON.stringify(way));
    expect(kept.flat().filter((id) => id !== undefined && exchanged.includes(id))).not.toEqual([]);
    expect(kept.flat().join('\n')).toContain(`goes on from ${recordings}`);
    expect(one.running.stderr()).toContain('a new recorder ended before it had a keeper; the VM goes on');
  });

  test('goes on while the package is removed, and is recorded again when it is back', async () => {
    const { vm: one, pack } = await vm();
    const lines = (): number =>
      one.running.stderr().match(/its monitor is dead until they are there/g)?.length ?? 0;
    renameSync(pack, `${pack}.away`);
    await one.answers('without-the-package');
    process.kill(await one.recorder(), 'SIGKILL');
    await until('the line in its log', () => lines() === 1);
    expect(one.lives).toBe(true);
    renameSync(`${pack}.away`, pack);
    await one.answers('with-the-package');
    await one.settled();
    // If QEMU ends while nobody can take over, its client is told so by the end of the connection.
    rmSync(pack, { recursive: true });
    process.kill(await one.recorder(), 'SIGKILL');
    await until('the line in its log', () => lines() === 2);
    await one.end();
    await until('the client to see it', () => !one.lives);
  });
});
