/** What `qmptap replay server` does: starts a recorded server, runs a command against it, tells how it went. */
import { escapeText } from '../inspect/format.js';
import { replayServer } from '../launch/replay-server.js';
import type { ReplayServerFlags } from './commands/replay.js';
import { aborted, endOnSignal } from './ending.js';
import { runClient } from './exec.js';
import { defaultPath } from './folder.js';
import { say } from './output.js';
import { checkTerminal, openUi } from './ui-process.js';
import { DivergenceTeller, sumUp, writeReport } from './replay-outcome.js';

/**
 * Replays until all is played, the command has ended, or a signal comes. Gives the exit code.
 * @throws UsageError, RecordingError, ConnectError, OutputError before anything is played
 */
export async function replayServerCommand(
  file: string,
  flags: ReplayServerFlags,
  words: readonly string[],
): Promise<number> {
  if (flags.ui) checkTerminal();
  const teller = new DivergenceTeller();
  const learned = flags.onMiss === 'forward' ? defaultPath(new Date(), 'learned') : undefined;
  const shown = flags.ui ? defaultPath(new Date(), 'replay') : undefined;
  const output = flags.output ?? learned ?? shown;
  const server = await replayServer(file, {
    listen: flags.listen,
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
      say(escapeText(text));
    },
  });
  const ending = new AbortController();
  const signals = endOnSignal(ending);
  for (const notice of server.notices) say(escapeText(notice));
  const notice = `replaying ${file} on ${server.address}`;
  say(`${notice}${flags.exec ? '' : '; Ctrl-C ends'}`);
  const ui = flags.ui && output !== undefined ? openUi(output, { notice }) : undefined;
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
  // Who looks on may do so until they quit, unless a signal ends us all.
  await ((ending.signal.reason as number) > 128 ? ui?.close() : ui?.finished);
  signals.release();
  say(sumUp(summary));
  if (output !== undefined) say(`what the clients were told is in ${output}`);
  writeReport(flags.report, { recording: file, role: 'server' }, summary);
  const code = ending.signal.reason as number;
  return code === 0 && summary.diverged > 0 ? 3 : code;
}
