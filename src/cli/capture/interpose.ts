/**
 * Runs the recorder of a VM as a process: its answer goes to standard output, its warnings to
 * standard error, which is the VM's log, and no signal makes it disconnect the VM.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { failedAnswer, readyAnswer } from '../../launch/emulator/emulator-script.js';
import { isDaemonized } from '../../launch/qemu/qemu-arguments.js';
import { escapeText } from '../../inspect/format.js';
import { interpose } from '../../launch/emulator/interpose.js';
import type { Interposed } from '../../launch/emulator/interposed.js';
import { takeOver } from '../../launch/emulator/take-over.js';
import { libc } from '../../transport/unix/libc.js';
import { whenReaderCloses } from '../../transport/unix/pipe-end.js';
import { tellOnce } from '../output/diagnostics.js';
import { executable } from '../executable.js';
import { limitArguments, limitsOf, type RecordingLimits } from '../../launch/record/recording-limits.js';

export interface InterposeFlags extends RecordingLimits {
  pid?: string;
  qemu?: string;
  recordings: string;
  agent?: boolean;
  shell: string;
  inherited?: string;
  standard?: string;
  log?: string;
  takeOver?: string;
  /** Relay only: what was redacted is not to be kept unredacted. */
  unrecorded?: boolean;
}

/** Ends with QEMU. Exits with 1 if it could not begin, having answered why. */
export async function interposeCommand(argv: readonly string[], flags: InterposeFlags): Promise<void> {
  if (flags.log !== undefined) writeErrorsTo(Number(flags.log));
  const { recordings, shell } = flags;
  const limits = limitsOf(flags);
  const common = {
    recordings,
    limits,
    shell,
    needed: executable,
    successor: (state: string) => [
      ...[process.execPath, executable, 'interpose', '--recordings', recordings, '--shell', shell],
      ...[...limitArguments(limits), ...(flags.unrecorded ? ['--unrecorded'] : []), '--take-over', state],
    ],
    trouble: tell,
  };
  process.on('uncaughtException', (error) => {
    tell(`internal error, please report it; the VM goes on: ${error.stack ?? error.message}`);
  });
  let running: Interposed | undefined;
  if (flags.takeOver !== undefined) {
    const { unrecorded } = flags;
    running = await takeOver({ ...common, state: flags.takeOver, tellKeeper, unrecorded });
    if (running === undefined) process.exit(0);
  } else {
    try {
      const standard = standardOf(flags.standard);
      // QEMU has been started without us, as we took too long.
      let late = false;
      process.on('SIGTERM', () => {
        late = true;
      });
      const answer = async (moved: readonly Uint8Array[], taken: readonly number[]): Promise<void> => {
        closeOthers(flags.inherited ?? '', taken);
        if (!late) writeSync(1, readyAnswer(moved, taken));
        await whenReaderCloses(1);
        // A signal that was sent before is delivered in the same turn.
        await setImmediate();
        if (late) throw new Error('QEMU did not wait');
        if (standard?.some((fd) => taken.includes(fd)) === true) standard.forEach(takeThePlaceOf);
        else toNowhere(1);
        // The parent of a QEMU that daemonizes may wait for the end of its output, as libvirt does.
        if (isDaemonized(argv)) toNowhere(2);
      };
      const pid = Number(flags.pid);
      const agent = flags.agent === true;
      running = await interpose({ ...common, pid, qemu: flags.qemu ?? '', argv, agent, standard, answer });
    } catch (error) {
      giveUp(error);
    }
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      running.endRecording(`told to end by ${signal}`);
    });
  }
  await running.finished;
  process.exit(0);
}

/** The keeper may be gone, or of an older version that does not read this. */
function tellKeeper(word: string): void {
  try {
    writeSync(1, `${word}\n`);
  } catch {
    // The keeper has gone.
  }
}

/** Until now standard error was a part of the answer. */
function writeErrorsTo(fd: number): void {
  libc().dup2(fd, 2);
  closeSync(fd);
}

/** Two descriptors, if there are. */
function standardOf(text = ''): [number, number] | undefined {
  const [input, output] = /^(\d+) (\d+)$/.exec(text)?.slice(1).map(Number) ?? [];
  return input === undefined || output === undefined ? undefined : [input, output];
}

/** The copy of a standard descriptor becomes ours. */
function takeThePlaceOf(copy: number, standard: number): void {
  libc().dup2(copy, standard);
  closeSync(copy);
}

function toNowhere(fd: number): void {
  closeSync(fd);
  // open() takes the lowest free number, which is the one just closed.
  openSync('/dev/null', 'w');
}

/** Answers why there is no recorder; QEMU starts without one, or has already if we took too long. */
function giveUp(error: unknown): never {
  try {
    writeSync(1, failedAnswer(error instanceof Error ? error.message : String(error)));
  } catch {
    // The emulator does not wait for the answer any more.
  }
  process.exit(1);
}

/** Sockets of other character devices, which are QEMU's alone. */
function closeOthers(inherited: string, taken: readonly number[]): void {
  for (const fd of inherited
    .split(' ')
    .filter((word) => word !== '')
    .map(Number)) {
    if (!taken.includes(fd)) closeSync(fd);
  }
}

/** One line in the VM's log, if it can be written now. */
function tell(line: string): void {
  tellOnce(`qmptap: ${escapeText(line)}`);
}
