/**
 * A recorded client that speaks to a real server: connects, and carries bytes and times between the stream and the
 * machine that speaks and compares.
 */
import { DivergenceError, RecordingError, UsageError } from '../../errors.js';
import type { Message } from '../../recording/message.js';
import { Unstable } from '../../recording/unstable.js';
import { type ClientAction, ReplayedClient } from '../../replay/client/client.js';
import { accountOf, type Divergence } from '../../replay/match/divergence.js';
import { asap, parsePace } from '../../replay/timing/pacing.js';
import type { SessionPlan } from '../../replay/plan/plan.js';
import { DivergenceList, type ReplaySummary } from '../../replay/match/summary.js';
import { parseAddress } from '../../transport/address.js';
import { closeDescriptors } from '../../transport/unix/descriptors.js';
import { dial } from '../../transport/dial.js';
import type { Stream } from '../../transport/stream.js';
import { monotonicNow } from '../../transport/clock.js';
import { wakeAt } from './replay-clock.js';
import { descriptorName, openDescriptors } from './replay-descriptors.js';
import { noSessions, openSource, type ReplaySource, type SessionSource } from './replay-source.js';

/** What `replayClient` is asked for. */
export interface ReplayClientOptions {
  /** Where the server listens. */
  readonly connect: string;
  /** Which session; needed where the recording has several. */
  readonly session?: number | undefined;
  /** `asap` (default), `recorded` or a speed such as `x10`. */
  readonly pacing?: string | undefined;
  /** Paths that are left out when messages are compared. */
  readonly ignore?: readonly string[] | undefined;
  /** Send only what asks, `query-*`, and what a session begins with. */
  readonly readOnly?: boolean | undefined;
  /** Files for descriptors, by the name that the command gives them; `/dev/null` for all others. */
  readonly fds?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds to wait for the connection, and for whatever was recorded; 10 000 if not given. */
  readonly timeout?: number | undefined;
  /** Told of each divergence as it happens; must not throw. */
  readonly onDivergence?: ((divergence: Divergence) => void) | undefined;
  /** Told of each message that `readOnly` keeps back; must not throw. */
  readonly onSkip?: ((message: Message) => void) | undefined;
  /** Told in one line of other trouble; must not throw. */
  readonly onTrouble?: ((text: string) => void) | undefined;
}

/** A recorded client that speaks. */
export interface RunningReplayClient extends AsyncDisposable {
  /** What the recording lacks, a line each. */
  readonly notices: readonly string[];
  /** Resolves when everything has been sent and answered, or cannot be any more. */
  readonly finished: Promise<ReplaySummary>;
  /**
   * Waits for the end.
   * @throws DivergenceError whose message is the account, if the server did not answer as recorded
   */
  verify(): Promise<void>;
  /** Ends now, without a half-sent command being completed. The same answer as `finished`. */
  stop(): Promise<ReplaySummary>;
}

const defaultTimeout = 10_000;

/**
 * Connects to a server and says what the recorded client said.
 * @example
 * const client = await replayClient('boot.qmptap', { connect: '/tmp/qmp.sock', readOnly: true });
 * await client.verify();
 * @throws RecordingError if there is nothing to say, or several sessions and none chosen; UsageError for
 * an option that makes no sense; ConnectError
 */
export async function replayClient(
  source: ReplaySource,
  options: ReplayClientOptions,
): Promise<RunningReplayClient> {
  const pace = options.pacing === undefined ? asap : parsePace(options.pacing);
  const address = parseAddress(options.connect);
  const timeout = options.timeout ?? defaultTimeout;
  using sessions = openSource(source, options.session);
  const plan = planForClient(sessions);
  const unstable = new Unstable(options.ignore, sessions.rules);
  const files = new Map(Object.entries(options.fds ?? {}));
  checkNames(plan, files);
  const machine = new ReplayedClient(plan, {
    pace,
    unstable,
    readOnly: options.readOnly ?? false,
    timeout: timeout * 1e6,
  });
  const stream = await dial(address, { timeout });
  return new ReplayClient(stream, machine, files, options);
}

/**
 * The one session that a client speaks, with what was injected into it.
 * @throws RecordingError if there are several and none is chosen
 */
export function planForClient(sessions: SessionSource): SessionPlan {
  const [only, ...others] = sessions.sessions;
  const path = sessions.name;
  if (only === undefined) throw noSessions(path);
  if (others.length > 0) {
    throw new RecordingError(
      {
        reason: `it has ${others.length + 1} sessions, and a client speaks one`,
        remedy: `choose with --session N (\`qmptap ls ${path}\` lists them)`,
      },
      { path },
    );
  }
  return sessions.plan(only, { injected: 'keep' });
}

/** A file for a descriptor that no command carries is a mistake. */
function checkNames({ steps }: SessionPlan, files: ReadonlyMap<string, string>): void {
  const carriers = steps.map(({ message }) => message).filter(({ dir, fds }) => dir === 'c2s' && fds > 0);
  const known = carriers.map(descriptorName).filter((name) => name !== undefined);
  for (const name of files.keys()) {
    if (known.includes(name)) continue;
    const there = known.length === 0 ? 'no command carries one' : `there are ${known.join(', ')}`;
    throw new UsageError({
      subject: `--fd ${name}`,
      reason: 'no recorded command has a descriptor of that name',
      remedy: there,
    });
  }
}

class ReplayClient implements RunningReplayClient {
  readonly notices: readonly string[];
  readonly finished: Promise<ReplaySummary>;
  readonly #stream: Stream;
  readonly #machine: ReplayedClient;
  readonly #files: ReadonlyMap<string, string>;
  readonly #options: ReplayClientOptions;
  readonly #found = new DivergenceList();
  #timer: NodeJS.Timeout | undefined;
  #finish: () => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;
  #closing = false;

  constructor(
    stream: Stream,
    machine: ReplayedClient,
    files: ReadonlyMap<string, string>,
    options: ReplayClientOptions,
  ) {
    this.#stream = stream;
    this.#machine = machine;
    this.#files = files;
    this.#options = options;
    const { remarks, session } = machine.plan;
    this.notices = remarks.map((remark) => `session ${session.id} ${remark}`);
    this.finished = new Promise<void>((resolve, reject) => {
      this.#finish = resolve;
      this.#fail = reject;
    }).then(() => this.#summary());
    // The rejection is for callers that wait; without one it is no unhandled rejection.
    this.finished.catch(() => undefined);
    stream.start({
      data: (chunk, fds) => {
        closeDescriptors(fds);
        this.#perform(machine.receive(chunk, monotonicNow()));
      },
      ended: () => {
        this.#perform(machine.end(monotonicNow()));
      },
      gone: () => {
        this.#perform(machine.end(monotonicNow()));
        this.#close('end');
      },
      drained: () => undefined,
      closed: () => {
        clearTimeout(this.#timer);
        this.#finish();
      },
      note: (text) => this.#options.onTrouble?.(text),
    });
    this.#perform(machine.connect(monotonicNow()));
  }

  async verify(): Promise<void> {
    await this.finished;
    if (this.#found.count > 0)
      throw new DivergenceError({ reason: this.#found.kept.map(accountOf).join('\n\n') });
  }

  stop(): Promise<ReplaySummary> {
    this.#close('reset');
    return this.finished;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #perform(actions: readonly ClientAction[]): void {
    clearTimeout(this.#timer);
    for (const action of actions) {
      if (action.do === 'diverge') {
        this.#found.add(action.divergence);
        this.#options.onDivergence?.(action.divergence);
      } else if (this.#closing) continue;
      else if (action.do === 'send') this.#send(action.message, action.bytes);
      else if (action.do === 'skip') this.#options.onSkip?.(action.message);
      else if (action.do === 'close') this.#close(action.how);
      else this.#wake(action.at);
    }
  }

  #send(message: Message, bytes: Uint8Array): void {
    try {
      this.#stream.write(bytes, message.fds > 0 ? openDescriptors(message, this.#files) : []);
    } catch (error) {
      this.#fail(error);
      this.#close('reset');
    }
  }

  #wake(at: number): void {
    this.#timer = wakeAt(at, () => {
      this.#perform(this.#machine.tick(monotonicNow()));
    });
  }

  #close(how: 'end' | 'reset'): void {
    if (this.#closing) return;
    this.#closing = true;
    clearTimeout(this.#timer);
    if (how === 'end') this.#stream.close();
    else this.#stream.destroy();
  }

  #summary(): ReplaySummary {
    const { account, plan } = this.#machine;
    const all = plan.steps.filter(({ message }) => message.dir === 'c2s').length;
    const session = {
      session: plan.session.id,
      played: account.sent,
      unused: all - account.sent - account.skipped,
      repeated: {},
      forwarded: 0,
      skipped: account.skipped,
    };
    return { sessions: [session], diverged: this.#found.count, divergences: this.#found.kept };
  }
}
