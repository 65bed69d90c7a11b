/** What `qmptap replay client` does: speaks as the recorded client, or prints what it would say. */
import { UsageError } from '../../errors.js';
import { escapeText } from '../../inspect/format.js';
import { planForClient, replayClient } from '../../launch/replay/replay-client.js';
import { openSource } from '../../launch/replay/replay-source.js';
import type { Message } from '../../recording/message.js';
import { recordedLine } from '../../replay/match/divergence.js';
import { isReadOnly } from '../../replay/match/read-only.js';
import { endOnSignal } from '../capture/ending.js';
import { createLogger, type LogFlags } from '../output/log.js';
import { Lines, say } from '../output/output.js';
import { DivergenceTeller, sumUp, writeReport } from './replay-outcome.js';
import type { ReplayFlags } from './replay-outcome.js';

export interface ReplayClientFlags extends ReplayFlags {
  connect?: string;
  fd?: string[];
  readOnly?: boolean;
  dryRun?: boolean;
}

/**
 * Replays to the end, or until a signal comes. Gives the exit code.
 * @throws UsageError, RecordingError, ConnectError, OutputError
 */
export async function replayClientCommand(
  file: string,
  connect: string,
  flags: ReplayClientFlags & LogFlags,
): Promise<number> {
  const log = createLogger(flags);
  const teller = new DivergenceTeller(log, flags);
  const client = await replayClient(file, {
    connect,
    session: flags.session,
    pacing: flags.pacing,
    ignore: flags.ignore,
    readOnly: flags.readOnly,
    fds: filesOf(flags.fd ?? []),
    timeout: flags.timeout,
    onDivergence: (found) => {
      teller.tell(found);
    },
    onSkip: (message) => {
      log.info(`left out by --read-only: #${message.seq} ${recordedLine(message).text}`);
    },
    onTrouble: (text) => {
      log.warn(escapeText(text));
    },
  });
  for (const notice of client.notices) log.warn(`${file}: ${notice}`);
  const ending = new AbortController();
  const signals = endOnSignal(ending);
  ending.signal.addEventListener('abort', () => void client.stop());
  const summary = await client.finished;
  signals.release();
  if (summary.diverged === 0) log.info(sumUp(summary));
  else log.warn(sumUp(summary));
  writeReport(flags.report, { recording: file, role: 'client' }, summary);
  if (ending.signal.aborted) return ending.signal.reason as number;
  return summary.diverged > 0 ? 3 : 0;
}

/** Prints the plan: what would be sent, and what would have to come first. */
export function dryRunCommand(file: string, flags: ReplayClientFlags): void {
  using sessions = openSource(file, flags.session);
  const plan = planForClient(sessions);
  const lines = new Lines();
  for (const remark of plan.remarks) say(`${file}: session ${plan.session.id} ${remark}`);
  const skipped = new Set<number>();
  for (const [place, { message, origin }] of plan.steps.entries()) {
    const skips = message.dir === 'c2s' && flags.readOnly === true && !isReadOnly(message);
    if (skips) skipped.add(place);
    // What a command causes will not come if it is not sent.
    if (message.dir === 'c2s' || !skipped.has(origin)) lines.write(`${planned(message, skips)}\n`);
  }
  lines.flush();
}

function planned(message: Message, skips: boolean): string {
  const { dir, seq, text } = recordedLine(message);
  if (dir === 's2c') return `  wait #${seq} <- ${text}`;
  const carried = message.fds === 0 ? '' : ` (with ${message.fds} descriptors)`;
  return `  ${skips ? 'skip' : 'send'} #${seq} -> ${text}${carried}`;
}

function filesOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) {
        throw new UsageError({
          subject: `--fd ${pair}`,
          reason: 'not NAME=PATH',
          remedy: 'write migrate=/tmp/state, for example',
        });
      }
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
