/** Restarts a libvirt daemon, as its administrator would, so that it connects to its VMs anew. */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { UsageError } from '../../errors.js';
import type { LibvirtDaemon } from './libvirt-daemon.js';

const run = promisify(execFile);
const askEveryMs = 100;
/** A daemon with hundreds of VMs takes its time. */
const patienceMs = 120_000;

/** How to restart it, in the words of a shell; undefined where no systemd runs it. */
export function restartCommand({ unit }: LibvirtDaemon): string | undefined {
  return unit === undefined ? undefined : ['systemctl', ...restartWords(unit)].join(' ');
}

function restartWords({ name, user }: NonNullable<LibvirtDaemon['unit']>): string[] {
  return [...(user ? ['--user'] : []), 'restart', name];
}

/**
 * Restarts it and waits until it has the VM again. Gives for how many milliseconds libvirt was away.
 * @throws UsageError where no systemd unit runs the daemon; Error where it does not come back
 */
export async function restartDaemon(daemon: LibvirtDaemon, domain: string): Promise<number> {
  if (daemon.unit === undefined) {
    throw new UsageError(
      `--restart-daemon: no systemd unit runs the daemon of ${daemon.uri} (process ${daemon.pid}); restart it in your own way`,
    );
  }
  const begun = performance.now();
  await run('systemctl', restartWords(daemon.unit), { timeout: patienceMs });
  while (!(await runs(daemon.uri, domain))) {
    if (performance.now() - begun > patienceMs) {
      throw new Error(
        `${daemon.unit.name} was restarted, and has not had the VM ${domain} again for two minutes`,
      );
    }
    await sleep(askEveryMs);
  }
  return performance.now() - begun;
}

async function runs(uri: string, domain: string): Promise<boolean> {
  try {
    const { stdout } = await run('virsh', ['-q', '-c', uri, 'list', '--name'], { timeout: 10_000 });
    return stdout.split('\n').includes(domain);
  } catch {
    return false; // it is not there yet
  }
}
