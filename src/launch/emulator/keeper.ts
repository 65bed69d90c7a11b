/**
 * Keeps a VM alive if its recorder dies: a program that holds copies of the recorder's sockets, so that the
 * monitor stays open (libvirt kills a VM whose monitor closes), and starts a recorder that goes on with them.
 * Whenever the sockets change, another is started; the previous one closes its copies only when the new one has them.
 */
import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { keeperScript, toKeeper } from './keeper-script.js';

/** The sockets of one monitor: where clients come, and the sessions that run. */
export interface KeptSockets {
  readonly listener: number;
  readonly sessions: readonly { readonly client: number; readonly server: number }[];
}

/** What to hold, and who takes over. */
export interface Kept {
  /** Of each monitor; a successor finds them from `firstKept` on, in this order. */
  readonly sockets: readonly KeptSockets[];
  /** The successor's command line. */
  readonly successor: readonly string[];
}

export interface KeeperOptions {
  /** Bash. */
  readonly shell: string;
  /** QEMU's process: once it has ended there is nothing to keep. */
  readonly pid: number;
  /** A file without which a successor cannot start. */
  readonly needed: string;
  /** Read whenever a keeper is started; undefined: there is nothing to hold. */
  readonly kept: () => Kept | undefined;
  /** Called when the first keeper holds. */
  readonly onHold: () => void;
  /** One line for the VM's log: it is not protected, or is again. */
  readonly trouble: (line: string) => void;
}

/** How long to wait for a keeper to end, which it does at once. */
const patienceMs = 500;
/** Pauses between attempts to start one. */
const firstPauseMs = 50;
const longestPauseMs = 5_000;

/** A keeper's process. */
interface Shell {
  /** Null if it could not be started. */
  readonly control: Socket | null;
  readonly ended: Promise<void>;
}

export class Keeper {
  readonly #options: KeeperOptions;
  /** `begun`: none has held yet. */
  #state: 'begun' | 'held' | 'closed' = 'begun';
  /** Starts a successor if this process dies now. */
  #holding: Shell | undefined;
  /** Replaces `#holding` once it is ready. */
  #starting: Shell | undefined;
  /** Keepers of which one process was killed; the other may still hold the sockets. */
  #broken: Shell[] = [];
  /** The sockets have changed since the one that is starting was started. */
  #changed = false;
  #troubleTold = false;
  #pause = 0;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** The sockets have changed: holds those that are there now. */
  renew(): void {
    if (this.#state === 'closed') return;
    if (this.#starting === undefined && this.#retry === undefined) this.#start();
    else this.#changed = true;
  }

  /** Closes all copies, for good; resolves when that is done, or after `patienceMs`. */
  async close(): Promise<void> {
    this.#state = 'closed';
    clearTimeout(this.#retry);
    const shells = [...this.#broken, this.#holding, this.#starting].filter((shell) => shell !== undefined);
    for (const shell of shells) say(shell, toKeeper.release);
    const ended = Promise.all(shells.map((shell) => shell.ended));
    // Nothing else may keep this process alive meanwhile: its keepers do not.
    const enough = new AbortController();
    await Promise.race([
      ended,
      sleep(patienceMs, undefined, { signal: enough.signal }).catch(() => undefined),
    ]);
    enough.abort();
  }

  #start(): void {
    this.#changed = false;
    const kept = this.#options.kept();
    if (kept === undefined) return;
    try {
      this.#starting = this.#spawn(kept);
    } catch (error) {
      this.#failed(error); // Some errors come this way; others as an event.
    }
  }

  #spawn({ sockets, successor }: Kept): Shell {
    const { shell: bash, pid, needed } = this.#options;
    // With one that holds, a successor would be started by both: then this one waits for its turn. Without one, the
    // keeper that started us may hold the same sockets; of two successors the lock on the listener lets one relay.
    const alone = this.#holding === undefined;
    const fds = sockets.flatMap(({ listener, sessions }) => [
      listener,
      ...sessions.flatMap(({ client, server }) => [client, server]),
    ]);
    // Bash reads no start-up file, whatever it takes its surroundings for.
    const flags = ['--norc', '--noprofile', '-p', '-c', keeperScript, 'qmptap-keeper'];
    const child = spawn(bash, [...flags, alone ? toKeeper.hold : '', String(pid), needed, ...successor], {
      stdio: ['ignore', 'ignore', 'inherit', 'pipe', ...fds],
      detached: true,
      env: shellSafe(process.env),
    });
    const ended = new Promise<void>((resolve) => {
      const over = (why: string): void => {
        this.#ended(shell, why);
        resolve();
      };
      child.once('error', (error) => {
        over(error.message);
      });
      child.once('exit', (code, signal) => {
        over(`it ended with ${signal ?? `code ${code ?? ''}`}`);
      });
    });
    const control = child.stdio[3] as Socket | null;
    const shell = { control, ended };
    control?.on('error', () => undefined);
    control?.once('data', () => {
      this.#ready(shell);
    });
    control?.unref();
    child.unref();
    return shell;
  }

  #ready(shell: Shell): void {
    if (this.#starting !== shell || this.#state === 'closed') return;
    const before = [this.#holding, ...this.#broken];
    this.#holding = shell;
    this.#starting = undefined;
    this.#broken = [];
    this.#pause = 0;
    say(shell, toKeeper.hold);
    for (const each of before) if (each !== undefined) say(each, toKeeper.release);
    if (this.#troubleTold) this.#options.trouble('a kill of the recorder does not end the VM any more');
    this.#troubleTold = false;
    if (this.#state === 'begun') this.#options.onHold();
    this.#state = 'held';
    if (this.#changed) this.#start();
  }

  #ended(shell: Shell, why: string): void {
    if (this.#state === 'closed') return;
    if (this.#starting === shell) {
      this.#starting = undefined;
      this.#failed(why);
    } else if (this.#holding === shell) {
      this.#holding = undefined;
      this.#broken.push(shell);
      this.renew();
    }
  }

  #failed(why: unknown): void {
    if (this.#holding === undefined && !this.#troubleTold) {
      this.#troubleTold = true;
      const reason = why instanceof Error ? why.message : String(why);
      this.#options.trouble(
        `a kill of the recorder would end the VM: its keeper cannot be started (${reason}); trying again`,
      );
    }
    this.#pause = Math.min(Math.max(this.#pause * 2, firstPauseMs), longestPauseMs);
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#start();
    }, this.#pause);
    this.#retry.unref();
  }
}

function say({ control }: Shell, word: string): void {
  control?.write(`${word}\n`);
}

/** Variables by which bash would behave in another way, or run what they name. */
const unsafe = /^(?:BASH|ENV$|SHELLOPTS$|TMOUT$|POSIXLY_CORRECT$|GLOBIGNORE$|FUNCNEST$)/;

function shellSafe(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !unsafe.test(name)));
}
