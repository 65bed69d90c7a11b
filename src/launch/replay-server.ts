/**
 * A recorded server on a socket, put together from what the user wants: the listener, the sessions and,
 * if asked for, a recording of it all. Knows no command line and prints nothing.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../errors.js';
import { Unstable } from '../recording/unstable.js';
import type { Divergence } from '../replay/divergence.js';
import { asap, parsePace } from '../replay/pacing.js';
import type { ServerOptions } from '../replay/server.js';
import type { ReplaySummary } from '../replay/summary.js';
import { createRecording, type Recorder } from '../store/recorder.js';
import { parseAddress } from '../transport/address.js';
import { listen } from '../transport/listen.js';
import { version } from '../version.js';
import { openSource, type ReplaySource } from './replay-source.js';
import { ReplayServer } from './replay-sessions.js';
import { Undo } from './undo.js';

export interface ReplayServerOptions {
  /** Where the client connects; without it a new unix socket in a folder of its own. */
  readonly listen?: string | undefined;
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

/**
 * Plays a recorded server to whoever connects.
 * @throws RecordingError if there is nothing to play, UsageError for an option that makes no sense,
 * ConnectError where listening fails, OutputError where `output` cannot be written
 */
export async function replayServer(
  source: ReplaySource,
  options: ReplayServerOptions = {},
): Promise<RunningReplayServer> {
  check(options);
  const pace = options.pacing === undefined ? asap : parsePace(options.pacing);
  const upstream = options.upstream === undefined ? undefined : parseAddress(options.upstream);
  const undo = new Undo();
  try {
    const sessions = openSource(source, options.session);
    undo.add(() => {
      sessions[Symbol.dispose]();
    });
    const machine: ServerOptions = {
      match: options.match ?? 'strict',
      pace,
      onMiss: options.onMiss ?? 'error',
      unstable: new Unstable(options.ignore, sessions.rules),
      repeat: options.repeat ?? [],
    };
    const listener = await listen(parseAddress(options.listen ?? (await ownSocket(undo))));
    undo.add(() => {
      listener.close();
    });
    const recorder = await createOutput(options, undo);
    const connection = { machine, upstream, sink: recorder, address: listener.address };
    return new ReplayServer({ sessions, options, connection, listener, undo });
  } catch (error) {
    await undo.all();
    throw error;
  }
}

function check({ onMiss, upstream, repeat = [], match = 'strict' }: ReplayServerOptions): void {
  if ((onMiss === 'forward') !== (upstream !== undefined)) {
    throw new UsageError('replay server: forwarding needs both --on-miss forward and --upstream ADDR');
  }
  if (repeat.length > 0 && match === 'strict') {
    throw new UsageError(
      'replay server: --repeat needs --match content; under strict each answer is given once',
    );
  }
}

async function ownSocket(undo: Undo): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'qmptap-'));
  undo.add(() => rm(folder, { recursive: true, force: true }));
  return `unix:${join(folder, 'qmp.sock')}`;
}

async function createOutput(options: ReplayServerOptions, undo: Undo): Promise<Recorder | undefined> {
  if (options.output === undefined) return undefined;
  const recorder = await createRecording(options.output, {
    createdBy: `qmptap ${version}`,
    force: options.force,
    onTrouble: options.onTrouble ?? (() => undefined),
  });
  undo.add(async () => {
    await recorder.finish();
  });
  return recorder;
}
