/**
 * Runs a recorded QEMU as a process in the place of QEMU: ends by the signals that end QEMU, and
 * tells on standard error, which is the VM's log, what was asked for and not recorded.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { escapeText } from '../../inspect/format.js';
import { impersonate, recordedVersion } from '../../launch/emulator/impersonate.js';
import { findChannels } from '../../launch/qemu/channels.js';
import { probedMachine } from '../../launch/qemu/qemu-arguments.js';

export interface ImpersonateFlags {
  replay: string[];
  daemon?: boolean;
}

/** With `--daemon`, standard output is told `ready`, or `pass` if nothing was recorded of such a start. */
export async function impersonateCommand(argv: readonly string[], flags: ImpersonateFlags): Promise<void> {
  const recordings = flags.replay;
  if (findChannels(argv).channels.length === 0) {
    process.stdout.write(`${escapeText(recordedVersion(recordings))}\n`);
    return;
  }
  const running = await impersonate({
    recordings,
    argv,
    pid: process.pid,
    onDivergence: ({ summary }) => {
      tell(summary);
    },
    onChosen: (channel, path, but) => {
      tell(`${channel} plays ${path}${but === undefined ? '' : `, which is ${but}`}`);
    },
  });
  if (running === undefined) {
    const machine = probedMachine(argv);
    const what = machine === undefined ? 'a VM' : `the questions about machine ${machine}`;
    tell(
      `${recordings.join(', ')}: ${what} was not recorded; record it with qmptap emulator${machine === undefined ? '' : ' --probe'}`,
    );
    if (flags.daemon === true) writeSync(1, 'pass\0');
    process.exit(1);
  }
  if (flags.daemon === true) {
    writeSync(1, 'ready\0');
    // The parent of a QEMU that daemonizes may wait for the end of its output, as libvirt does.
    for (const fd of [1, 2]) {
      closeSync(fd);
      openSync('/dev/null', 'w');
    }
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.once(signal, () => void running[Symbol.asyncDispose]().then(() => process.exit(0)));
  }
  await running.finished;
  process.exit(0);
}

function tell(line: string): void {
  try {
    writeSync(2, `qmptap: ${escapeText(line)}\n`);
  } catch {
    // Nobody reads the log any more; the VM goes on.
  }
}
