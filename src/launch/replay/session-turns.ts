/** Which recorded session each client of a replayed server gets, and whether another client is waited for. */
import { type Divergence, divergence } from '../../replay/match/divergence.js';

export interface TurnOptions {
  /** The numbers of the sessions, in their order. */
  readonly sessions: readonly number[];
  /** Every client gets the first one. */
  readonly sameForAll: boolean;
  /** `all`: each session once. `once`: one client. `keep`: without end, from the beginning again. */
  readonly clients: 'all' | 'once' | 'keep';
  /** Only one client can come: standard input and output, for example. */
  readonly single: boolean;
}

export class SessionTurns {
  readonly #options: TurnOptions;
  #taken = 0;

  constructor(options: TurnOptions) {
    this.#options = options;
  }

  /** How many clients have come. */
  get taken(): number {
    return this.#taken;
  }

  /** The session for the next client; undefined if none is left. */
  get next(): number | undefined {
    const { sessions, sameForAll, clients } = this.#options;
    if (sameForAll) return sessions[0];
    return sessions[clients === 'keep' ? this.#taken % sessions.length : this.#taken];
  }

  /** The last session of the recording; 0 if there is none. */
  get last(): number {
    return this.#options.sessions.at(-1) ?? 0;
  }

  /** Whether no more clients are waited for. */
  get isOver(): boolean {
    const { sessions, clients, single } = this.#options;
    if (single || clients === 'once') return this.#taken > 0;
    return clients !== 'keep' && this.#taken >= sessions.length;
  }

  /** A client has come, and gets the next session. */
  take(): void {
    this.#taken += 1;
  }

  /** A client came, and no session is left for it. */
  surplus(): Divergence {
    const summary = `client ${this.#taken + 1} connected, and the recording has ${this.#options.sessions.length} sessions`;
    return divergence({ kind: 'surplus', session: this.last, summary });
  }

  /** The first session that no client came for, where each is wanted once. */
  unplayed(): Divergence | undefined {
    const { sessions, sameForAll, clients, single } = this.#options;
    if (sameForAll || single || clients !== 'all') return undefined;
    const unplayed = sessions.slice(this.#taken);
    const [first] = unplayed;
    if (first === undefined) return undefined;
    const which = unplayed.length === 1 ? 'this session' : `the sessions ${unplayed.join(', ')}`;
    return divergence({ kind: 'unused', session: first, summary: `no client came for ${which}` });
  }
}
