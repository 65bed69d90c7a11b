/** What `qmptap record` does: starts a recorder, tells what happens, and ends with grace. */
import type { ProxyEvent } from '../transport/drive.js';
import { escapeText } from '../inspect/format.js';
import { record, type RecordSummary } from '../launch/record.js';
import type { RecordFlags } from './commands/record.js';
import { aborted, endOnSignal } from './ending.js';
import { runClient } from './exec.js';
import { defaultPath } from './folder.js';
import { type Live, startLive } from './live.js';
import { say } from './output.js';
import { checkTerminal, openUi } from './ui-process.js';

/**
 * Records until it is told to end. Gives the exit code.
 * @throws UsageError, ConnectError, OutputError before anything is recorded
 */
export async function recordCommand(flags: RecordFlags, words: readonly string[]): Promise<number> {
  if (flags.ui) checkTerminal();
  const output = flags.output ?? defaultPath(new Date(), flags.label);
  const ending = new AbortController();
  const recorder = await record({
    listen: flags.listen,
    connect: flags.connect,
    serverListens: flags.serverListens,
    output,
    force: flags.force,
    label: flags.label,
    dialect: flags.dialect,
    durable: flags.durable,
    onEvent: (event) => {
      tell(event);
      if (event.type === 'closed' && flags.once) ending.abort(0);
    },
  });
  const signals = endOnSignal(ending);
  const quiet = flags.quiet === true || flags.listen === 'stdio';
  const what = `recording ${recorder.address} -> ${flags.connect ?? flags.serverListens ?? ''} in ${output}`;
  const live = flags.ui
    ? watchInUi(output, what, ending.signal)
    : quiet
      ? undefined
      : watch(output, flags.json === true);
  say(`${what}; Ctrl-C ends`);
  void recorder.finished.then(() => {
    ending.abort(0);
  });
  if (flags.exec)
    void runClient(words, recorder.address, flags.ui === true).then((code) => {
      ending.abort(code);
    });
  await aborted(ending.signal);
  await recorder.drain();
  // The view goes first: a file that somebody reads cannot be made one piece.
  await live?.finish();
  const summary = await recorder.stop();
  signals.release();
  summarise(summary);
  const code = ending.signal.reason as number;
  return code === 0 && summary.incomplete !== undefined ? 1 : code;
}

function tell(event: ProxyEvent): void {
  const where = 'session' in event && event.session !== undefined ? `session ${event.session}: ` : '';
  switch (event.type) {
    case 'trouble':
      say(`${where}${escapeText(event.text)}`);
      break;
    case 'closed':
      if (event.end === 'server-unreachable') say(`${where}${escapeText(event.reason ?? 'no server')}`);
      else if (event.reason !== undefined) say(`${where}${event.end}: ${escapeText(event.reason)}`);
      break;
    case 'waiting':
      say(`${where}the server is busy with another client; waiting, as without qmptap`);
      break;
    case 'sink-failed':
      say(`recording stopped by an internal error, the traffic goes on: ${String(event.error)}`);
      break;
    case 'opened':
    case 'joined':
      break;
  }
}

function summarise({ path, sessions, messages, incomplete }: RecordSummary): void {
  const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
  const lost = incomplete === undefined ? '' : `; incomplete: ${escapeText(incomplete)}`;
  const kept = messages === undefined ? 'messages' : count(messages, 'message');
  say(`${kept} in ${count(sessions, 'session')}: ${path}${lost}`);
}

function watch(path: string, json: boolean): Live {
  return startLive({ path, format: json ? 'json' : 'text' }, (error) => {
    say(`the live view failed (${escapeText(error.message)}); the recording goes on`);
  });
}

/** The UI may be closed and the recording go on; when that ends by itself, the user may look on. */
function watchInUi(path: string, notice: string, ending: AbortSignal): Live {
  const ui = openUi(path, { notice });
  void ui.finished.then(() => {
    if (!ending.aborted) say(`the recording goes on; Ctrl-C ends it, \`qmptap ui ${path}\` shows it again`);
  });
  return {
    finish: () => ((ending.reason as number) > 128 ? ui.close() : ui.finished),
  };
}
