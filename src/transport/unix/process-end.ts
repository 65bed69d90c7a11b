/**
 * Waits for the end of a process that is not our child: QEMU, which its recorder must not outlive.
 */
import { readFileSync } from 'node:fs';
import { hasLibc, libc } from './libc.js';
import { Readiness } from './readiness.js';

export interface ProcessWatch {
  /** Whether the process is known to have ended. */
  readonly ended: boolean;
  /** Stops watching. */
  close(): void;
}

/** How often to look where the kernel does not tell. */
const lookMs = 200;

/** Calls `ended` once, later, when the process has ended; also if there is none of this number. */
export function watchProcess(pid: number, ended: () => void): ProcessWatch {
  const fd = hasLibc ? libc().pidfdOpen(pid) : -1;
  return fd >= 0 ? watchDescriptor(fd, ended) : look(pid, ended);
}

function watchDescriptor(fd: number, ended: () => void): ProcessWatch {
  let open = true;
  const readiness = new Readiness(fd, {
    ready: () => {
      watch.ended = true;
      watch.close();
      ended();
    },
  });
  const watch = {
    ended: false,
    close: () => {
      if (!open) return;
      open = false;
      readiness.close();
      libc().close(fd);
    },
  };
  readiness.want(true, false);
  return watch;
}

/** A process is known again by its start time: its number may be given to another. */
function look(pid: number, ended: () => void): ProcessWatch {
  const born = birthOf(pid);
  const timer = setInterval(() => {
    if (born !== undefined && birthOf(pid) === born) return;
    watch.ended = true;
    watch.close();
    ended();
  }, lookMs);
  const watch = {
    ended: false,
    close: () => {
      clearInterval(timer);
    },
  };
  return watch;
}

/** The start time (field 22 of proc(5)'s stat); undefined for a process that has ended. */
function birthOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is a name in parentheses, which may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
