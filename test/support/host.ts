/** The processes of a host that a test has started. */
import { readdirSync, readlinkSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { commandLineOf, processesOf } from './libvirt.js';

/** The host that records into this folder, whoever has started it; not the one that was killed. */
export function hostProcess(recordings: string, but?: number): number | undefined {
  return processesOf(recordings).find((pid) => {
    const command = commandLineOf(pid);
    return (
      pid !== but &&
      /main\.js host --recordings/.test(command) &&
      !isHolder(command) &&
      !/^nsenter/.test(command)
    );
  });
}

/** The process that holds its sockets. */
export function holderProcess(recordings: string): number | undefined {
  return processesOf(recordings).find((pid) => isHolder(commandLineOf(pid)));
}

/** How many sockets a process has: a holder has all of its host's. */
export function socketsOf(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  const links = readdirSync(folder).map((fd) => {
    try {
      return readlinkSync(`${folder}/${fd}`);
    } catch {
      return ''; // just closed
    }
  });
  return links.filter((link) => link.startsWith('socket:')).length;
}

/** Ends host and holder with the test, should they still run then. */
export function endHost(recordings: string): void {
  onTestFinished(() => {
    for (const pid of [holderProcess(recordings), hostProcess(recordings)])
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
  });
}

function isHolder(command: string): boolean {
  return /main\.js host hold /.test(command);
}
