/**
 * Who is at the other end of a unix socket: what the kernel noted when it connected (SO_PEERCRED).
 */
import { readFileSync } from 'node:fs';
import type { Peer } from '../../recording/session.js';
import { SO_PEERCRED, libc } from './libc.js';

/** The peer of the connected unix socket `fd`, reached over `address`; without a process where that is not known. */
export function unixPeer(fd: number, address: string): Peer {
  const credentials = new Int32Array(3);
  if (libc().getsockopt(fd, SO_PEERCRED, credentials) !== 0) return { address };
  const [pid = 0, uid, gid] = credentials;
  // 0: a process outside of our pid namespace.
  return pid > 0 ? { address, pid, uid, gid, program: programName(pid) } : { address, uid, gid };
}

function programName(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').replace(/\n$/, '');
  } catch {
    return undefined; // it has ended already, or /proc is not mounted
  }
}
