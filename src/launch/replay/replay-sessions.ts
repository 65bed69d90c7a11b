/**
 * The sessions of a replayed server: gives each client that connects its session, gathers what diverges,
 * and knows when nothing more is to come. Knows neither files nor addresses.
 */
import { DivergenceError } from '../../errors.js';
import type { MessageRef } from '../../recording/message.js';
import { accountOf, type Divergence, divergence } from '../../replay/match/divergence.js';
import type { SessionPlan } from '../../replay/plan/plan.js';
import type { SentNow } from '../../replay/plan/sent-now.js';
import { DivergenceList, type ReplaySummary } from '../../replay/match/summary.js';
import type { Listener } from '../../transport/listener.js';
import type { Stream } from '../../transport/stream.js';
import { type ConnectionOptions, ReplayConnection } from './replay-connection.js';
import type { ReplayServerOptions, RunningReplayServer } from './replay-options.js';
import type { SessionSource } from './replay-source.js';
import type { Undo } from '../undo.js';

/** What a replayed server is made of; `undo` releases it. */
export interface ReplayServerParts {
  readonly sessions: SessionSource;
  readonly options: ReplayServerOptions;
  readonly connection: ConnectionOptions;
  readonly listener: Listener;
  readonly undo: Undo;
}

export class ReplayServer implements RunningReplayServer {
  readonly address: string;
  readonly notices: readonly string[];
  readonly finished: Promise<void>;
  readonly #parts: ReplayServerParts;
  readonly #options: ReplayServerOptions;
  readonly #listener: Listener;
  readonly #open = new Set<ReplayConnection>();
  readonly #served: ReplayConnection[] = [];
  readonly #found = new DivergenceList();
  #finish: () => void = () => undefined;
  /** Who waits for something to change. */
  readonly #waiting = new Set<() => void>();
  #silence: NodeJS.Timeout | undefined;
  #gaveUp = false;
  #stopped: Promise<ReplaySummary> | undefined;

  constructor(parts: ReplayServerParts) {
    this.#parts = parts;
    this.#options = parts.options;
    this.#listener = parts.listener;
    this.address = parts.listener.address;
    this.notices = [...parts.listener.notices, ...remarksOn(parts.sessions)];
    this.finished = new Promise((resolve) => (this.#finish = resolve));
    this.#listener.start({
      connection: (stream) => {
        this.#serve(stream);
      },
      trouble: (text) => this.#options.onTrouble?.(text),
    });
    this.#listenForSilence();
  }

  async verify(milliseconds = 1000): Promise<void> {
    for (const connection of this.#open) connection.readAvailable();
    const end = performance.now() + milliseconds;
    while (this.#found.count === 0 && this.#missing() !== undefined) {
      const left = end - performance.now();
      if (left <= 0) break;
      await this.#change(left);
    }
    const missing = this.#missing();
    const found = [...this.#found.kept, ...(missing ? [missing] : [])];
    if (found.length > 0) throw new DivergenceError(found.map(accountOf).join('\n\n'));
  }

  stop(): Promise<ReplaySummary> {
    return (this.#stopped ??= this.#stop());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #serve(stream: Stream): void {
    const { sessions, connection: options } = this.#parts;
    const session = this.#nextSession();
    if (session === undefined) {
      turnAway(stream);
      const summary = `client ${this.#served.length + 1} connected, and the recording has ${sessions.sessions.length} sessions`;
      this.#tell(divergence({ kind: 'surplus', session: sessions.sessions.at(-1) ?? 0, summary }));
      return;
    }
    const plan = this.#plan(session);
    if (plan === undefined) {
      turnAway(stream);
      return;
    }
    const earlier = ({ session: id, seq }: MessageRef): SentNow | undefined =>
      this.#served.findLast(({ account }) => account.session === id)?.sentNow(seq);
    const machine = { ...options.machine, earlier };
    const connection = new ReplayConnection(
      stream,
      plan,
      { ...options, machine },
      {
        active: () => {
          this.#listenForSilence();
          this.#changed();
        },
        diverged: (found) => {
          this.#tell(found);
        },
        trouble: (text) => this.#options.onTrouble?.(text),
        over: () => {
          this.#over(connection);
        },
      },
    );
    this.#open.add(connection);
    this.#served.push(connection);
    this.#listenForSilence();
  }

  /** Undefined if the recording cannot be read any more, which the user is told. */
  #plan(session: number): SessionPlan | undefined {
    try {
      return this.#parts.sessions.plan(session, { injected: 'leave-out' });
    } catch (error) {
      this.#options.onTrouble?.(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  /** The session for the next client; undefined if none is left. */
  #nextSession(): number | undefined {
    const { sessions } = this.#parts.sessions;
    if (this.#options.session !== undefined) return sessions[0];
    const turn = this.#served.length;
    return sessions[this.#options.clients === 'keep' ? turn % sessions.length : turn];
  }

  /** No client is waited for after those who came. */
  #isLast(): boolean {
    if (this.#listener.single || this.#options.clients === 'once') return this.#served.length > 0;
    return this.#options.clients !== 'keep' && this.#served.length >= this.#parts.sessions.sessions.length;
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
    this.#found.add(found);
    this.#options.onDivergence?.(found);
    this.#changed();
  }

  /** What must still come for the replay to be complete. */
  #missing(): Divergence | undefined {
    if (this.#served.length === 0) {
      const session = this.#parts.sessions.sessions[0] ?? 0;
      return divergence({ kind: 'unused', session, summary: 'no client has connected' });
    }
    for (const connection of this.#open) {
      const unused = connection.account.left();
      if (unused) return unused;
    }
    return this.#unplayed();
  }

  /** The first session that no client came for, where every one is wanted. */
  #unplayed(): Divergence | undefined {
    const { match } = this.#parts.connection.machine;
    const { clients = 'all', session } = this.#options;
    const wanted = match === 'strict' && clients === 'all' && session === undefined;
    if (!wanted || this.#gaveUp || this.#listener.single) return undefined;
    const unplayed = this.#parts.sessions.sessions.slice(this.#served.length);
    const [first] = unplayed;
    if (first === undefined) return undefined;
    const summary = `no client came for ${unplayed.length === 1 ? 'this session' : `the sessions ${unplayed.join(', ')}`}`;
    return divergence({ kind: 'unused', session: first, summary });
  }

  /** Resolves when something has changed, or after that time. */
  #change(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      this.#waiting.add(wake);
    });
  }

  #changed(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Begins the bound on silence anew. */
  #listenForSilence(): void {
    const { timeout } = this.#options;
    if (timeout === undefined) return;
    clearTimeout(this.#silence);
    if (this.#stopped !== undefined) return;
    this.#silence = setTimeout(() => {
      this.#giveUp(timeout);
    }, timeout);
  }

  #giveUp(timeout: number): void {
    this.#gaveUp = true;
    const bound = `${timeout / 1000} s`;
    if (this.#open.size === 0) {
      const session = this.#nextSession() ?? this.#parts.sessions.sessions.at(-1) ?? 0;
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
    for (const connection of this.#open) {
      connection.readAvailable();
      connection.close();
    }
    const grace = setTimeout(() => {
      for (const connection of this.#open) connection.cutOff();
    }, graceMs);
    while (this.#open.size > 0) await this.#change(longWait);
    clearTimeout(grace);
    const unplayed = this.#unplayed();
    if (unplayed) this.#tell(unplayed);
    await this.#parts.undo.all();
    this.#finish();
    return {
      sessions: this.#served.map(({ account }) => account.summary()),
      diverged: this.#found.count,
      divergences: this.#found.kept,
    };
  }
}

/** So long may a client take at the end to read what it was sent. */
const graceMs = 2_000;

/** Until the next change, which is sure to come. */
const longWait = 60_000;

/** What is not as it should be in the session that comes first. */
function remarksOn(source: SessionSource): string[] {
  const [first] = source.sessions;
  if (first === undefined) return [];
  return source
    .plan(first, { injected: 'leave-out' })
    .remarks.map((remark) => `${source.name}: session ${first} ${remark}`);
}

function turnAway(stream: Stream): void {
  const nothing = (): void => undefined;
  const unheard = {
    data: nothing,
    ended: nothing,
    gone: nothing,
    drained: nothing,
    closed: nothing,
    note: nothing,
  };
  stream.start(unheard);
  stream.destroy();
}
