/** Starts a QEMU that ends with us, with its arguments byte for byte. */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { UsageError } from '../../errors.js';
import { keepInherited } from '../../transport/unix/inherited.js';
import { hasLibc } from '../../transport/unix/libc.js';
import { findProgram } from './program.js';

/** The program that becomes QEMU; by name, since tests run the sources while it is always the built file. */
const becomeQemu = createRequire(import.meta.url).resolve('#become-qemu');

export interface QemuStart {
  /** QEMU and its arguments. */
  readonly command: readonly Uint8Array[];
  /** Standard input is a monitor of QEMU's, which we read. */
  readonly inputTaken: boolean;
  /** Another program has the terminal: QEMU gets no input, and we read its output. */
  readonly aside: boolean;
  /** Descriptors from 3 on that it expects to inherit. */
  readonly inherited: readonly number[];
}

/** @throws UsageError if there is no such program */
export async function startQemu(start: QemuStart): Promise<ChildProcess> {
  const words = start.command.map((word) => Buffer.from(word));
  const qemu = words[0]?.toString() ?? '';
  if (findProgram(qemu) === undefined) {
    throw new UsageError({
      subject: `run ${qemu}`,
      reason: 'there is no such program',
      remedy: 'give its path, or look at $PATH',
    });
  }
  keepInherited();
  const { stdio, opened } = stdioOf(start);
  const args = words.map((word) => word.toString('base64'));
  try {
    const child = hasLibc
      ? spawn(
          process.execPath,
          [becomeQemu, String(process.pid), [0, 1, 2, ...start.inherited].join(), ...args],
          { stdio },
        )
      : spawn(
          qemu,
          words.slice(1).map((word) => word.toString()),
          { stdio },
        );
    await once(child, 'spawn');
    if (!start.aside) {
      child.stdout?.pipe(process.stdout, { end: false });
      child.stderr?.pipe(process.stderr, { end: false });
    }
    return child;
  } catch (error) {
    throw new UsageError(
      { subject: `run ${qemu}`, reason: `it cannot be started: ${String(error)}` },
      { cause: error },
    );
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

/** For `spawn`; `opened` is to be closed after it. */
function stdioOf({ inputTaken, aside, inherited }: QemuStart): { stdio: StdioOptions; opened: number[] } {
  const opened: number[] = [];
  const output = (standard: 1 | 2): number | 'pipe' => {
    const own = apart(standard, inputTaken);
    if (typeof own === 'number') opened.push(own);
    return own ?? standard;
  };
  const stdio: (number | 'ignore' | 'pipe')[] = aside
    ? ['ignore', 'pipe', 'pipe']
    : [inputTaken ? 'ignore' : 0, output(1), output(2)];
  for (const fd of inherited) {
    while (stdio.length < fd) stdio.push('ignore');
    stdio[fd] = fd;
  }
  return { stdio, opened };
}

/**
 * QEMU's output in a way that leaves ours alone: Node makes what it hands to a child blocking, which goes for
 * everybody who has that file open. A pipe or a terminal is opened anew; a socket cannot be, so what QEMU writes
 * there goes through us if we write there, too. Undefined: as it is.
 */
function apart(standard: 1 | 2, shared: boolean): number | 'pipe' | undefined {
  try {
    const stats = fstatSync(standard);
    if (stats.isSocket()) return shared ? 'pipe' : undefined;
    if (!stats.isFIFO() && !stats.isCharacterDevice()) return undefined;
    return openSync(`/proc/self/fd/${standard}`, constants.O_WRONLY | constants.O_NOCTTY);
  } catch {
    return undefined; // We may not open it, there is no /proc, or it has no reader.
  }
}
