/** A recorder while it runs: reports events, shows the messages, and ends it in order. */
import { counted, escapeText, peerName } from '../../inspect/format.js';
import type { RecorderOptions, RecordSummary, RunningRecorder } from '../../launch/record/record.js';
import { limitsOf, type RecordingLimits } from '../../launch/record/recording-limits.js';
import type { RecordEvent } from '../../launch/record/record-event.js';
import type { Dialect } from '../../recording/session.js';
import { defaultFolder } from '../files/folder.js';
import type { Log } from '../output/log.js';
import { checkTerminal, openUi } from '../ui/ui-process.js';
import { aborted, endOnSignal, hangUpCode, outliveTheTerminal } from './ending.js';
import { runClient } from './exec.js';
import { fileNews, namesOf, nextFileInUi } from './limits.js';
import { type Live, startLive } from './live-thread.js';

/** The flags of commands that record until they are told to end. */
export interface RecorderFlags extends RecordingLimits {
  output?: string;
  force?: boolean;
  label?: string;
  dialect?: Dialect;
  durable?: boolean;
  redact?: boolean;
  rule: string[];
  json?: boolean;
  quiet?: boolean;
  ui?: boolean;
  allowSend?: boolean;
  once?: boolean;
}

/** What is recorded, and how it is reported. */
export interface Supervised<R extends RunningRecorder> {
  readonly flags: RecorderFlags;
  /** A name for the sessions where the user gave none. */
  readonly label?: string | undefined;
  /** @throws UsageError, ConnectError, OutputError before anything is recorded */
  readonly start: (options: RecorderOptions) => Promise<R>;
  /** `recording A -> B`, for the first line. */
  readonly what: (recorder: R) => string;
  /** Once it records, before it is waited for. */
  readonly started?: ((recorder: R) => void) | undefined;
  /** After the signal to end: resolves when the sessions may be cut off. */
  readonly beforeEnd?: ((recorder: R) => Promise<void>) | undefined;
  /** No client depends on it: the loss of the terminal ends it, as a signal does. */
  readonly aside?: boolean | undefined;
  /** Standard output is not for messages. */
  readonly silent?: boolean | undefined;
  /** A client to run against it, and to end with. */
  readonly client?: readonly string[] | undefined;
}

/** Records until it is told to end, or nothing more can come. Gives the exit code. */
export async function supervise<R extends RunningRecorder>(
  supervised: Supervised<R>,
  log: Log,
): Promise<number> {
  const { flags, client } = supervised;
  if (flags.ui) checkTerminal();
  outliveTheTerminal((text) => {
    log.error(text);
  });
  const ending = new AbortController();
  let live: Live | undefined = undefined as Live | undefined;
  const recorder = await supervised.start({
    output: flags.output,
    folder: defaultFolder(),
    force: flags.force,
    ...limitsOf(flags),
    label: flags.label === undefined || flags.label === '' ? supervised.label : flags.label,
    dialect: flags.dialect,
    durable: flags.durable,
    allowSend: flags.allowSend,
    redact: flags.redact ? flags.rule : undefined,
    onEvent: (event) => {
      tell(event, log);
      if (event.type === 'file-begun') live?.add(event.path);
      if (event.type === 'closed' && flags.once) ending.abort(event.end === 'server-unreachable' ? 1 : 0);
    },
    // The view closes first: a file that is being read cannot be made one piece.
    beforeFinish: async (path) => live?.finish(path),
  });
  const output = recorder.path;
  const hangUp = (): void => {
    recorder.close();
    log.warn('the terminal is gone; the sessions that run go on until their end, and so does the recording');
  };
  const signals = endOnSignal(ending, supervised.aside ? {} : { hangUp });
  const what = `${supervised.what(recorder)} in ${output}`;
  log.info(`${what}; Ctrl-C ends`);
  live = flags.ui
    ? watchInUi(recorder, { notice: what, allowSend: flags.allowSend === true, ending: ending.signal }, log)
    : flags.quiet || supervised.silent
      ? undefined
      : watch(output, flags.json === true, log);
  supervised.started?.(recorder);
  void recorder.finished.then(() => {
    ending.abort(signals.hungUp ? hangUpCode : 0);
  });
  if (client !== undefined)
    void runClient(client, recorder.address, flags.ui === true).then((code) => {
      ending.abort(code);
    });
  await aborted(ending.signal);
  await supervised.beforeEnd?.(recorder);
  await recorder.drain();
  await live?.finish();
  const summary = await recorder.stop();
  signals.release();
  summarise(summary, log);
  const code = ending.signal.reason as number;
  return code === 0 && summary.incomplete !== undefined ? 1 : code;
}

function tell(event: RecordEvent, log: Log): void {
  const session = 'session' in event ? event.session : undefined;
  const where = session === undefined ? '' : `session ${session}: `;
  switch (event.type) {
    case 'opened':
      log.info(`${where}${peerName(event.client)}`);
      break;
    case 'closed': {
      const why = event.reason === undefined ? '' : `: ${escapeText(event.reason)}`;
      if (event.end === 'server-unreachable') log.error(`${where}${escapeText(event.reason ?? event.end)}`);
      else log.info(`${where}${event.end}${why}`);
      break;
    }
    case 'waiting':
      if (event.reason !== undefined) log.warn(`${where}${event.reason}; the client waits`);
      else log.info(`${where}the server is busy with another client; waiting, as without qmptap`);
      break;
    case 'trouble':
      log.warn(`${where}${escapeText(event.text)}`);
      break;
    case 'sink-failed':
      log.error(`recording stopped by an internal error, the traffic goes on: ${String(event.error)}`);
      break;
    case 'file-begun':
    case 'file-finished':
    case 'file-removed':
      log.info(fileNews(event));
      break;
    case 'joined':
      break;
  }
}

function summarise({ files, sessions, messages, incomplete }: RecordSummary, log: Log): void {
  const kept = messages === undefined ? 'messages' : counted(messages, 'message');
  const said = `${kept} in ${counted(sessions, 'session')}: ${namesOf(files)}`;
  if (incomplete === undefined) log.info(said);
  else log.error(`${said}; incomplete: ${escapeText(incomplete)}`);
}

function watch(path: string, json: boolean, log: Log): Live {
  return startLive(
    { path, format: json ? 'json' : 'text' },
    {
      ended: (end, file) => {
        if (end === 'nobody reads') log.warn('nobody reads standard output any more; the recording goes on');
        else log.warn(`standard output was not read to the end; \`qmptap show ${file}\` shows all`);
      },
      failed: (error) => {
        log.error(`the live view failed (${escapeText(error.message)}); the recording goes on`);
      },
    },
  );
}

/**
 * The UI may be closed and the recording go on; when that ends by itself, the user may look on. While the
 * screen is there, what is said waits.
 */
function watchInUi(
  recorder: RunningRecorder,
  {
    notice,
    allowSend,
    ending,
  }: { readonly notice: string; readonly allowSend: boolean; readonly ending: AbortSignal },
  log: Log,
): Live {
  const { path } = recorder;
  const send = (session: number, text: string): Promise<void> => recorder.send(session, text);
  const ui = openUi(path, { notice, send: allowSend ? send : undefined });
  void ui.finished.then(() => {
    if (ending.aborted) return;
    log.info(`the recording goes on; Ctrl-C ends it, \`qmptap ui ${recorder.path}\` shows it again`);
  });
  return {
    add: (next) => {
      ui.say(nextFileInUi(next));
    },
    finish: async (one) => {
      if (one === undefined) await ((ending.reason as number) > 128 ? ui.close() : ui.finished);
    },
  };
}
