/**
 * A small shell that outlives this process if that is killed, and then runs a command: a debug log that nobody reads would
 * fill the disk.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Waits for a line. The end of its input without one is our end. */
const script = 'read -r line || exec "$@"';

export class Guard {
  readonly #release: () => Promise<void>;

  /** `trouble`: there is no guard, and why. */
  constructor(command: readonly string[], trouble: (why: string) => void) {
    const child = spawn('/bin/sh', ['-c', script, 'qmptap-log-guard', ...command], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      cwd: '/',
    });
    const ended = once(child, 'exit').then(
      () => undefined,
      (error: unknown) => {
        trouble(error instanceof Error ? error.message : String(error));
      },
    );
    child.stdin.on('error', () => undefined);
    child.unref();
    this.#release = async () => {
      child.ref();
      child.stdin.end('\n');
      await ended;
    };
  }

  /** There is nothing to do any more. */
  release(): Promise<void> {
    return this.#release();
  }
}
