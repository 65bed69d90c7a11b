/** The real QEMU and the real guest agent, each in a test's own folder. */
import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type Running, start } from './process.js';
import { until } from './until.js';

export interface Server extends Running {
  readonly socket: string;
}

/** A machine without devices, which answers within a second. */
export const smallMachine = ['-machine', 'none', '-nodefaults', '-display', 'none'] as const;

/** The option by which QEMU connects again a second after a close: named anew in 9.2, and no longer known by the old name in 11. */
export function connectsAgain(): string {
  const { stdout } = spawnSync('qemu-system-x86_64', ['--version'], { encoding: 'utf8' });
  const [, major, minor] = /version (\d+)\.(\d+)/.exec(stdout) ?? [];
  return Number(major) * 100 + Number(minor) >= 902 ? 'reconnect-ms=1000' : 'reconnect=1';
}

export async function startQemu(
  folder: string,
  {
    machine = smallMachine,
    monitor = '',
    name = 'q.sock',
  }: { machine?: readonly string[]; monitor?: string; name?: string } = {},
): Promise<Server> {
  const socket = join(folder, name);
  const chardev = [
    '-chardev',
    `socket,id=qmp0,path=${socket},server=on,wait=off`,
    '-mon',
    `chardev=qmp0,mode=control${monitor}`,
  ];
  const running = start('qemu-system-x86_64', [...machine, ...chardev]);
  await listens(socket, running);
  return { ...running, socket };
}

export async function startGuestAgent(folder: string): Promise<Server> {
  const socket = join(folder, 'g.sock');
  const running = start('qemu-ga', [
    '-m',
    'unix-listen',
    '-p',
    socket,
    '-t',
    folder,
    '-f',
    join(folder, 'ga.pid'),
  ]);
  await listens(socket, running);
  return { ...running, socket };
}

/** QEMU may not have called `listen` yet when its socket can be seen. */
async function listens(socket: string, running: Running): Promise<void> {
  await until(
    `${socket} to listen; ${running.stderr()}`,
    () =>
      new Promise<boolean>((resolve) => {
        if (running.child.exitCode !== null) throw new Error(`ended: ${running.stderr()}`);
        const probe = connect(socket);
        probe.once('error', () => {
          resolve(false);
        });
        probe.once('connect', () =>
          probe.end(() => {
            resolve(true);
          }),
        );
      }),
  );
}
