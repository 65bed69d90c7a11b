/** What a replayed server is asked for, and what its user gets. */
import type { Divergence } from '../../replay/match/divergence.js';
import type { ReplaySummary } from '../../replay/match/summary.js';

/** What `replayServer` is asked for. */
export interface ReplayServerOptions {
  /** Where the client connects; without it a new unix socket in a folder of its own. */
  readonly listen?: string | undefined;
  /** Instead: where a client listens that its server connects to (QEMU's `server=off`); again for each session. */
  readonly dialClient?: string | undefined;
  /** Play only this session, to every client. Otherwise the first session to the first client, and so on. */
  readonly session?: number | undefined;
  /** `strict` (default): commands in the recorded order. `content`: in any order. */
  readonly match?: 'strict' | 'content' | undefined;
  /** `asap` (default), `recorded` or a speed such as `x10`. */
  readonly pacing?: string | undefined;
  /** What becomes of a command that was not recorded: an error response (default), the end, or `upstream`. */
  readonly onMiss?: 'error' | 'close' | 'forward' | undefined;
  /** With `forward`: the address of the real server. */
  readonly upstream?: string | undefined;
  /** Records what the clients were told, forwarded answers included. */
  readonly output?: string | undefined;
  /** Replace `output` if it is there. */
  readonly force?: boolean | undefined;
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
  /** Told in one line of other trouble; must not throw. */
  readonly onTrouble?: ((text: string) => void) | undefined;
}

/** A recorded server that runs. */
export interface RunningReplayServer extends AsyncDisposable {
  /** Where the client connects. */
  readonly address: string;
  /** What the user should know of the start, a line each. */
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
