/**
 * What keeps a VM alive if its recorder is killed: a shell that does nothing but hold copies of the
 * recorder's sockets. libvirt kills a VM whose monitor closes; with a copy held it does not close, and
 * the shell becomes a new recorder that goes on where the other ended. Knows nothing of what is recorded.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** The sockets of one monitor: where clients come, and the sessions that run. */
export interface KeptSockets {
  readonly listener: number;
  readonly sessions: readonly { readonly client: number; readonly server: number }[];
}

/** The first descriptor of the listener in a successor; after it each session's client and server. */
export const firstKept = 3;

/** How long to wait for a shell to end, which it does at once. */
const patienceMs = 500;

/** A keeper that was killed is replaced after this. */
const replaceMs = 100;

/** Said to a shell whose copies are not needed any more. */
const released = 'released\n';

/**
 * The words after it are the successor's command line. It is executed in the shell's place, because a
 * shell that stayed would hold the sockets of sessions that are over.
 */
const waitAndSucceed = `
shopt -s execfail
while IFS= read -r word; do [[ $word = ${released.trim()} ]] && exit 0; done
exec </dev/null
for ((attempt = 0; attempt < 30; attempt++)); do exec "$@"; sleep 1; done
`;

export class Keeper {
  readonly #shell: string;
  readonly #successor: (sessions: number) => readonly string[];
  #child: ChildProcess | undefined;
  #ended: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** `successor` gives the command line of a recorder that takes over so many sessions. */
  constructor(shell: string, successor: (sessions: number) => readonly string[]) {
    this.#shell = shell;
    this.#successor = successor;
  }

  /** Holds copies of just these sockets from now on. A keeper that cannot be started is done without. */
  hold(sockets: KeptSockets): void {
    if (this.#closed) return;
    const fds = [sockets.listener, ...sockets.sessions.flatMap(({ client, server }) => [client, server])];
    const successor = this.#successor(sockets.sessions.length);
    const before = this.#child;
    let child: ChildProcess;
    try {
      child = spawn(this.#shell, ['-p', '-c', waitAndSucceed, 'qmptap-keeper', ...successor], {
        stdio: ['pipe', 'ignore', 'inherit', ...fds],
        detached: true,
      });
    } catch {
      return; // Some errors come this way; the others as an event.
    }
    child.on('error', () => undefined);
    child.stdin?.on('error', () => undefined);
    child.unref();
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.once('error', resolve);
      child.once('exit', resolve);
    });
    child.once('exit', () => {
      this.#replace(child, sockets);
    });
    tellReleased(before);
  }

  /** Another in the place of one that was killed. Later, should there be a reason that goes on. */
  #replace(dead: ChildProcess, sockets: KeptSockets): void {
    if (this.#child !== dead) return;
    setTimeout(() => {
      if (this.#child === dead) this.hold(sockets);
    }, replaceMs).unref();
  }

  /** Lets go of all copies until the next `hold`. */
  release(): void {
    tellReleased(this.#child);
    this.#child = undefined;
  }

  /** Lets go of all copies, for good; resolves when that is done, or after `patienceMs`. */
  async close(): Promise<void> {
    this.#closed = true;
    this.release();
    await Promise.race([this.#ended, sleep(patienceMs, undefined, { ref: false })]);
  }
}

function tellReleased(child: ChildProcess | undefined): void {
  child?.stdin?.end(released);
}
