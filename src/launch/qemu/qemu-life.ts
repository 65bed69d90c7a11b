/**
 * How long QEMU lives: the process that was started, or, with `-daemonize`, the one whose number it
 * writes to its pidfile.
 */
import { readFileSync } from 'node:fs';
import { watchProcess, type ProcessWatch } from '../../transport/unix/process-end.js';

export interface QemuLife {
  readonly alive: boolean;
  readonly ended: Promise<void>;
  close(): void;
}

/** Watches process `pid`, and after it the one in `pidFile`, if there is one. */
export function watchQemu(pid: number, pidFile?: string): QemuLife {
  let alive = true;
  let watch: ProcessWatch | undefined;
  const ended = new Promise<void>((resolve) => {
    const over = (): void => {
      alive = false;
      resolve();
    };
    watch = watchProcess(pid, () => {
      const daemon = pidFile === undefined ? undefined : numberIn(pidFile);
      if (daemon === undefined) over();
      else watch = watchProcess(daemon, over);
    });
  });
  return {
    get alive() {
      return alive;
    },
    ended,
    close: () => {
      watch?.close();
    },
  };
}

function numberIn(file: string): number | undefined {
  try {
    const number = Number(readFileSync(file, 'utf8').trim());
    return Number.isSafeInteger(number) && number > 1 ? number : undefined;
  } catch {
    return undefined; // QEMU has not come so far as to write it, or has removed it again
  }
}
