/**
 * A replayed server while it runs: plays its session to each client that connects, gathers what diverges, and
 * ends when no client is there and none is waited for.
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
import { SessionTurns } from './session-turns.js';
import { Wakeups } from './wakeups.js';
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
  readonly #turns: SessionTurns;
  readonly #open = new Set<ReplayConnection>();
  readonly #served: ReplayConnection[] = [];
  readonly #found = new DivergenceList();
  #finish: () => void = () => undefined;
  readonly #wakeups = new Wakeups();
  #silence: NodeJS.Timeout | undefined;
  #gaveUp = false;
  #stopped: Promise<ReplaySummary> | undefined;

  constructor(parts: ReplayServerParts) {
    this.#parts = parts;
    this.#options = parts.options;
    this.#listener = parts.listener;
    this.#turns = new SessionTurns({
      sessions: parts.sessions.sessions,
      sameForAll: parts.options.session !== undefined,
      clients: parts.options.clients ?? 'all',
      single: parts.listener.single,
    });
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
      await this.#wakeups.next(left);
    }
    const missing = this.#missing();
    const found = [...this.#found.kept, ...(missing ? [missing] : [])];
    if (found.length > 0) throw new DivergenceError({ reason: found.map(accountOf).join('\n\n') });
  }

  stop(): Promise<ReplaySummary> {
    return (this.#stopped ??= this.#stop());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #serve(stream: Stream): void {
    const { connection: options } = this.#parts;
    const session = this.#turns.next;
    if (session === undefined) {
      turnAway(stream);
      this.#tell(this.#turns.surplus());
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
          this.#wakeups.wake();
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
    this.#turns.take();
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

  #over(connection: ReplayConnection): void {
    this.#open.delete(connection);
    const unused = connection.account.finish();
    if (unused) this.#tell(unused);
    this.#listenForSilence();
    if (!this.#turns.isOver) this.#listener.next?.();
    if (this.#open.size === 0 && this.#turns.isOver) this.#finish();
    this.#wakeups.wake();
  }

  #tell(found: Divergence): void {
    this.#found.add(found);
    this.#options.onDivergence?.(found);
    this.#wakeups.wake();
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
    if (this.#gaveUp || this.#parts.connection.machine.match !== 'strict') return undefined;
    return this.#turns.unplayed();
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
      const session = this.#turns.next ?? this.#turns.last;
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
    while (this.#open.size > 0) await this.#wakeups.next(longWait);
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

/** What is wrong in the first session that has something wrong. */
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
