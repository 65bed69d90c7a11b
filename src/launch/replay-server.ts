/**
 * A recorded server on a socket: listens, plays a session to each client that connects, and tells how
 * it went. Knows no command line and prints nothing.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DivergenceError } from '../errors.js';
import { Unstable } from '../recording/unstable.js';
import { accountOf, type Divergence, divergence } from '../replay/divergence.js';
import { asap, parsePace } from '../replay/pacing.js';
import type { ServerOptions } from '../replay/server.js';
import { parseAddress } from '../transport/address.js';
import { listen } from '../transport/listen.js';
import type { Listener } from '../transport/listener.js';
import type { Stream } from '../transport/stream.js';
import { ReplayConnection } from './replay-connection.js';
import { openSource, type ReplaySource, type SessionSource } from './replay-source.js';

export interface ReplayServerOptions {
  /** Where the client connects; without it a new unix socket in a folder of its own. */
  readonly listen?: string | undefined;
  /** Play only this session, to every client. Otherwise the first session to the first client, and so on. */
  readonly session?: number | undefined;
  /** `strict` (default): commands in the recorded order. `content`: in any order. */
  readonly match?: 'strict' | 'content' | undefined;
  /** `asap` (default), `recorded` or a speed such as `x10`. */
  readonly pacing?: string | undefined;
  /** What happens to a command that was not recorded: an error response (default), or the end. */
  readonly onMiss?: 'error' | 'close' | undefined;
  /** Paths that are left out when commands are compared. */
  readonly ignore?: readonly string[] | undefined;
  /** Under `content`: globs of commands whose last answer is given again when all have been given. */
  readonly repeat?: readonly string[] | undefined;
  /** `all` (default): end when every session was played. `once`: after one client. `keep`: never, and begin again. */
  readonly clients?: 'all' | 'once' | 'keep' | undefined;
  /** Milliseconds without a client, or of silence while exchanges are left, that count as a divergence. */
  readonly timeout?: number | undefined;
  /** Told of each divergence as it happens; must not throw. */
  readonly onDivergence?: ((divergence: Divergence) => void) | undefined;
}

/** How one client was served. */
export interface ReplayedConnection {
  /** The recorded session it was played. */
  readonly session: number;
  /** Its messages that were recorded. */
  readonly matched: number;
  /** By command: how often its last answer was given again. */
  readonly repeated: Readonly<Record<string, number>>;
  /** Recorded messages of the client that it did not send. */
  readonly unused: number;
}

export interface ReplaySummary {
  readonly connections: readonly ReplayedConnection[];
  /** How often the replay did not go as recorded; `divergences` holds the first hundred. */
  readonly diverged: number;
  readonly divergences: readonly Divergence[];
}

/** A recorded server that runs. */
export interface RunningReplayServer extends AsyncDisposable {
  /** Where the client connects. */
  readonly address: string;
  /** What the recording lacks, and what else the user should know of the start; a line each. */
  readonly notices: readonly string[];
  /** Resolves when no client is there and none is waited for. */
  readonly finished: Promise<void>;
  /**
   * Resolves if all went as recorded and, under `strict`, everything recorded was asked for. If something
   * is missing, waits up to `milliseconds` (1000) for a client that may still be at it.
   * @throws DivergenceError whose message is the account
   */
  verify(milliseconds?: number): Promise<void>;
  /** Closes everything; what `strict` finds unused counts as a divergence. The same answer every time. */
  stop(): Promise<ReplaySummary>;
}

/**
 * Plays a recorded server to whoever connects.
 * @throws RecordingError if there is nothing to play, UsageError for an option that does not parse,
 * ConnectError where listening fails
 */
export async function replayServer(
  source: ReplaySource,
  options: ReplayServerOptions = {},
): Promise<RunningReplayServer> {
  const sessions = openSource(source, options.session);
  const machine: ServerOptions = {
    match: options.match ?? 'strict',
    pace: options.pacing === undefined ? asap : parsePace(options.pacing),
    onMiss: options.onMiss ?? 'error',
    unstable: new Unstable(options.ignore, sessions.rules),
    repeat: options.repeat ?? [],
  };
  const place =
    options.listen === undefined ? await ownSocket() : { address: options.listen, remove: nothing };
  try {
    const listener = await listen(parseAddress(place.address));
    return new ReplayServer(sessions, machine, options, listener, place.remove);
  } catch (error) {
    await place.remove();
    throw error;
  }
}

async function ownSocket(): Promise<{ address: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'qmptap-'));
  return {
    address: `unix:${join(folder, 'qmp.sock')}`,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

const nothing = (): Promise<void> => Promise.resolve();

/** A hundred divergences tell what is wrong. */
const maximumKept = 100;

class ReplayServer implements RunningReplayServer {
  readonly address: string;
  readonly notices: readonly string[];
  readonly finished: Promise<void>;
  readonly #source: SessionSource;
  readonly #machine: ServerOptions;
  readonly #options: ReplayServerOptions;
  readonly #listener: Listener;
  readonly #removeSocket: () => Promise<void>;
  readonly #open = new Set<ReplayConnection>();
  readonly #served: ReplayConnection[] = [];
  readonly #divergences: Divergence[] = [];
  #diverged = 0;
  #finish: () => void = () => undefined;
  #changed: () => void = () => undefined;
  #silence: NodeJS.Timeout | undefined;
  #stopped: Promise<ReplaySummary> | undefined;

  constructor(
    source: SessionSource,
    machine: ServerOptions,
    options: ReplayServerOptions,
    listener: Listener,
    removeSocket: () => Promise<void>,
  ) {
    this.#source = source;
    this.#machine = machine;
    this.#options = options;
    this.#listener = listener;
    this.#removeSocket = removeSocket;
    this.address = listener.address;
    this.notices = listener.notices;
    this.finished = new Promise((resolve) => (this.#finish = resolve));
    listener.start({
      connection: (stream) => {
        this.#serve(stream);
      },
      trouble: () => undefined,
    });
    this.#listenForSilence();
  }

  async verify(milliseconds = 1000): Promise<void> {
    for (const connection of this.#open) connection.readAvailable();
    const end = performance.now() + milliseconds;
    while (this.#diverged === 0 && this.#missing() !== undefined && this.#open.size > 0) {
      const left = end - performance.now();
      if (left <= 0) break;
      await this.#change(left);
    }
    const missing = this.#missing();
    const found = [...this.#divergences, ...(missing ? [missing] : [])];
    if (found.length > 0) throw new DivergenceError(found.map(accountOf).join('\n\n'));
  }

  stop(): Promise<ReplaySummary> {
    return (this.#stopped ??= this.#stop());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #serve(stream: Stream): void {
    const session = this.#nextSession();
    if (session === undefined) {
      stream.start(unheard);
      stream.destroy();
      const summary = `a client more than the recording has sessions: ${this.#served.length + 1}`;
      this.#tell(divergence({ kind: 'surplus', session: this.#source.sessions.at(-1) ?? 0, summary }));
      return;
    }
    const plan = this.#source.plan(session, { injected: 'leave-out' });
    const connection = new ReplayConnection(stream, plan, this.#machine, {
      active: () => {
        this.#listenForSilence();
        this.#changed();
      },
      diverged: (found) => {
        this.#tell(found);
      },
      over: () => {
        this.#over(connection);
      },
    });
    this.#open.add(connection);
    this.#served.push(connection);
    this.#listenForSilence();
    if (this.#isLast()) this.#listener.close();
  }

  /** The session for the next client; undefined if none is left. */
  #nextSession(): number | undefined {
    const { sessions } = this.#source;
    if (this.#options.session !== undefined) return sessions[0];
    const turn = this.#served.length;
    return sessions[this.#options.clients === 'keep' ? turn % sessions.length : turn];
  }

  /** No client is waited for after those who came. */
  #isLast(): boolean {
    if (this.#listener.single || this.#options.clients === 'once') return this.#served.length > 0;
    return this.#options.clients !== 'keep' && this.#served.length >= this.#source.sessions.length;
  }

  #over(connection: ReplayConnection): void {
    this.#open.delete(connection);
    const unused = connection.account.finish();
    if (unused) this.#tell(unused);
    this.#listenForSilence();
    if (this.#open.size === 0 && this.#isLast()) this.#finish();
    this.#changed();
  }

  #tell(found: Divergence): void {
    this.#diverged += 1;
    if (this.#divergences.length < maximumKept) this.#divergences.push(found);
    this.#options.onDivergence?.(found);
    this.#changed();
  }

  /** What must still come for the replay to be complete. */
  #missing(): Divergence | undefined {
    if (this.#served.length === 0) {
      const session = this.#source.sessions[0] ?? 0;
      return divergence({ kind: 'unused', session, summary: 'no client has connected' });
    }
    for (const connection of this.#open) {
      const unused = connection.account.left();
      if (unused) return unused;
    }
    return undefined;
  }

  #change(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#changed = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Begins the bound on silence anew. */
  #listenForSilence(): void {
    clearTimeout(this.#silence);
    const { timeout } = this.#options;
    if (timeout === undefined || this.#stopped !== undefined) return;
    this.#silence = setTimeout(() => {
      this.#giveUp(timeout);
    }, timeout);
  }

  #giveUp(timeout: number): void {
    const bound = `${timeout / 1000} s`;
    if (this.#open.size === 0) {
      const session = this.#nextSession() ?? this.#source.sessions.at(-1) ?? 0;
      this.#tell(divergence({ kind: 'never-came', session, summary: `no client came for ${bound}` }));
    }
    for (const connection of this.#open) {
      const silent = connection.account.silent(bound);
      if (silent) this.#tell(silent);
    }
    void this.stop();
  }

  async #stop(): Promise<ReplaySummary> {
    clearTimeout(this.#silence);
    this.#listener.close();
    for (const connection of this.#open) connection.close();
    while (this.#open.size > 0) await this.#change(longWait);
    this.#finish();
    await this.#removeSocket();
    return {
      connections: this.#served.map(({ account }) => ({
        session: account.session,
        matched: account.matched,
        repeated: Object.fromEntries(account.repeats),
        unused: account.unused().length,
      })),
      diverged: this.#diverged,
      divergences: this.#divergences,
    };
  }
}

/** Until the next change, which is sure to come. */
const longWait = 60_000;

/** For a client that is turned away. */
const unheard = {
  data: () => undefined,
  ended: () => undefined,
  gone: () => undefined,
  drained: () => undefined,
  closed: () => undefined,
  note: () => undefined,
};
