/**
 * How a command that runs on is ended: by a signal with grace, by a second one at once; and what does not end
 * it: the loss of its terminal, while others depend on it.
 */
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { escapeText } from '../../inspect/format.js';
import { neverWaitForReader } from '../output/diagnostics.js';

/** The exit code of who ended because the terminal was gone. */
export const hangUpCode = 128 + constants.signals.SIGHUP;

/**
 * A signal that comes again so soon is the same one: `timeout` sends it to its child and to its group, a
 * terminal to its whole process group, and npm passes it on. A user who presses Ctrl-C twice is slower than this.
 */
const sameSignalMs = 500;

export interface SignalOptions {
  /** What to do at SIGHUP, once, instead of ending: closing a terminal is no request to end. */
  readonly hangUp?: (() => void) | undefined;
}

export interface EndingSignals {
  /** The terminal has gone. */
  readonly hungUp: boolean;
  release(): void;
}

/** The first signal aborts `ending` with its exit code; one that comes later ends the program. */
export function endOnSignal(ending: AbortController, { hangUp }: SignalOptions = {}): EndingSignals {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const immune = startedByNohup();
  let hungUp = false;
  let first = -Infinity;
  const end = (signal: (typeof signals)[number]): void => {
    if (signal === 'SIGHUP' && immune) return;
    if (signal === 'SIGHUP' && hangUp !== undefined && !ending.signal.aborted) {
      if (!hungUp) hangUp();
      hungUp = true;
      return;
    }
    const code = 128 + constants.signals[signal];
    if (!ending.signal.aborted) {
      first = performance.now();
      ending.abort(code);
    } else if (performance.now() - first > sameSignalMs) {
      process.exit(code);
    }
  };
  for (const signal of signals) process.on(signal, end);
  return {
    get hungUp() {
      return hungUp;
    },
    release: () => {
      for (const signal of signals) process.off(signal, end);
    },
  };
}

/** Waits for the abort. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

/**
 * Makes sure that this process lives as long as those whose traffic it forwards: whatever becomes of standard
 * output and error, and even if a mistake of ours comes to light, which `told` is told of.
 */
export function outliveTheTerminal(told: (text: string) => void): void {
  neverWaitForReader();
  process.stdout.removeAllListeners('error').on('error', () => undefined);
  let first = true;
  process.on('uncaughtException', (error) => {
    const what = escapeText(error.stack ?? error.message);
    if (first) told(`internal error, please report it; the traffic goes on: ${what}`);
    first = false;
  });
}

/**
 * Node aborts at the end if a terminal that it began with has been closed (it gives it its modes back, and insists;
 * node.cc, ResetStdio); of a descriptor that is another file by then it keeps its hands.
 */
export function endWithoutTerminal(): void {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  process.once('exit', () => {
    for (const fd of terminals.filter((each) => !isatty(each))) {
      closeSync(fd);
      // open() takes the lowest free number, which is the one just closed.
      openSync('/dev/null', 'r+');
    }
  });
}

/**
 * Node takes back what nohup did, to ignore SIGHUP (it restores the signals that it finds changed). What stays
 * is the standard input that nohup puts in a terminal's place: /dev/null, opened for writing only.
 */
function startedByNohup(): boolean {
  try {
    const [, flags = '0'] = /^flags:\s*(\d+)$/m.exec(readFileSync('/proc/self/fdinfo/0', 'utf8')) ?? [];
    return (Number.parseInt(flags, 8) & 3) === 1;
  } catch {
    return false;
  }
}
