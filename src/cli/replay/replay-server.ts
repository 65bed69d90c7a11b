/** What `qmptap replay server` does: starts a recorded server, runs a command against it, tells how it went. */
import { escapeText } from '../../inspect/format.js';
import { replayServer } from '../../launch/replay/replay-server.js';
import { neverWaitForReader } from '../output/diagnostics.js';
import { aborted, endOnSignal } from '../capture/ending.js';
import { runClient } from '../capture/exec.js';
import { defaultPath } from '../files/folder.js';
import { createLogger, type LogFlags } from '../output/log.js';
import { checkTerminal, openUi } from '../ui/ui-process.js';
import { DivergenceTeller, sumUp, writeReport } from './replay-outcome.js';
import type { ReplayFlags } from './replay-outcome.js';

export interface ReplayServerFlags extends ReplayFlags {
  listen?: string;
  dialClient?: string;
  match: 'strict' | 'content';
  onMiss: 'error' | 'close' | 'forward';
  upstream?: string;
  output?: string;
  force?: boolean;
  repeat?: string[];
  once?: boolean;
  keep?: boolean;
  exec?: boolean;
  ui?: boolean;
}

/**
 * Replays until all is played, the command has ended, or a signal comes. Gives the exit code.
 * @throws UsageError, RecordingError, ConnectError, OutputError before anything is played
 */
export async function replayServerCommand(
  file: string,
  flags: ReplayServerFlags & LogFlags,
  words: readonly string[],
): Promise<number> {
  if (flags.ui) checkTerminal();
  // A client must not wait because nobody reads standard error.
  neverWaitForReader();
  const log = createLogger(flags);
  const teller = new DivergenceTeller(log, flags);
  const learned = flags.onMiss === 'forward' ? defaultPath(new Date(), 'learned') : undefined;
  const shown = flags.ui ? defaultPath(new Date(), 'replay') : undefined;
  const output = flags.output ?? learned ?? shown;
  const server = await replayServer(file, {
    listen: flags.listen,
    dialClient: flags.dialClient,
    session: flags.session,
    match: flags.match,
    pacing: flags.pacing,
    onMiss: flags.onMiss,
    upstream: flags.upstream,
    output,
    force: flags.force,
    ignore: flags.ignore,
    repeat: flags.repeat,
    clients: flags.once ? 'once' : flags.keep ? 'keep' : 'all',
    timeout: flags.timeout,
    onDivergence: (found) => {
      teller.tell(found);
    },
    onTrouble: (text) => {
      log.warn(escapeText(text));
    },
  });
  const ending = new AbortController();
  const signals = endOnSignal(ending);
  for (const notice of server.notices) log.warn(escapeText(notice));
  const where = flags.dialClient === undefined ? 'on' : 'to the client at';
  const notice = `replaying ${file} ${where} ${server.address}`;
  log.info(`${notice}${flags.exec ? '' : '; Ctrl-C ends'}`);
  const ui = flags.ui && output !== undefined ? openUi(output, { notice }) : undefined;
  void ui?.finished.then(() => {
    if (!ending.signal.aborted) log.info('the replay goes on; Ctrl-C ends it');
  });
  void server.finished.then(() => {
    if (!flags.exec) ending.abort(0);
  });
  if (flags.exec) {
    void runClient(words, server.address, flags.ui === true).then((code) => {
      ending.abort(code);
    });
  }
  await aborted(ending.signal);
  const summary = await server.stop();
  // The UI stays open until the user quits it, unless a signal ends us.
  await ((ending.signal.reason as number) > 128 ? ui?.close() : ui?.finished);
  signals.release();
  if (summary.diverged === 0) log.info(sumUp(summary));
  else log.warn(sumUp(summary));
  if (output !== undefined) log.info(`what the clients were told is in ${output}`);
  writeReport(flags.report, { recording: file, role: 'server' }, summary);
  const code = ending.signal.reason as number;
  if (code !== 0) return code;
  if (flags.exec && summary.sessions.length === 0) {
    // Nothing was compared, so nothing can be as recorded.
    log.warn('the command never connected to $QMPTAP_ADDRESS');
    return 3;
  }
  return summary.diverged > 0 ? 3 : 0;
}
