/**
 * The UI beside a recorder: a separate process that has the terminal meanwhile. It only reads the file, so
 * that neither its work nor its death touches the traffic. While it has the terminal, this process is quiet.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { UsageError } from '../../errors.js';
import { holdLines } from '../output/diagnostics.js';
import { firstNotice, isFromUi, sendingAllowed, sendTrouble, type ToUi } from './ui-channel.js';
import { executable } from '../executable.js';

export interface OpenUiOptions {
  /** What the UI says first. */
  readonly notice?: string | undefined;
  /** Lets the user send commands into a live session. @throws if that cannot be done now */
  readonly send?: ((session: number, text: string) => Promise<void>) | undefined;
}

/** A UI that runs. */
export interface UiProcess {
  /** Resolves when the UI has ended, for whatever reason, and we have the terminal again. Never rejects. */
  readonly finished: Promise<void>;
  /** Shows a line to the user, if it still runs. */
  say(text: string): void;
  /** Ends it. */
  close(): Promise<void>;
}

/**
 * Opens the UI on a recording in a process of its own.
 * @throws UsageError where there is no terminal
 */
export function openUi(path: string, options: OpenUiOptions = {}): UiProcess {
  checkTerminal();
  const { send, notice = '' } = options;
  const before = stty('-g');
  const release = holdLines();
  const child = spawn(process.execPath, [...process.execArgv, executable, 'ui', path], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [sendingAllowed]: send === undefined ? '0' : '1', [firstNotice]: notice },
  });
  const tell = (message: ToUi): void => {
    if (child.connected) child.send(message);
  };
  child.on('message', (message) => {
    if (send === undefined || !isFromUi(message)) return;
    const { token, session, text } = message;
    const answer = (trouble: string | undefined): void => {
      tell({ type: 'sent', token, trouble });
    };
    send(session, text).then(
      () => { answer(undefined); },
      (error: unknown) => { answer(sendTrouble(error)); },
    ); // prettier-ignore
  });
  const ended = once(child, 'close').then(
    ([code]) => code as number | null,
    () => null,
  );
  const finished = ended.then((code) => {
    if (code === null) giveBackTerminal(before);
    release();
  });
  return {
    finished,
    say(text) {
      tell({ type: 'notice', text });
    },
    async close() {
      child.kill('SIGTERM');
      await finished;
    },
  };
}

/** @throws UsageError where there is no terminal for a UI */
export function checkTerminal(): void {
  if (process.stdin.isTTY && process.stdout.isTTY) return;
  throw new UsageError({
    subject: 'ui',
    reason: 'standard input and output are not a terminal',
    remedy: '`qmptap show` prints to anything',
  });
}

/** After a UI that could not do it itself: modes, alternate screen, mouse, cursor, colours. */
function giveBackTerminal(modes: string | undefined): void {
  if (modes !== undefined) stty(modes);
  process.stdout.write(
    '\u001b[?1049l\u001b[?1000l\u001b[?1002l\u001b[?1003l\u001b[?1006l\u001b[?25h\u001b[m\r',
  );
}

/** Node has no call for the terminal's modes; without the program we do without them. */
function stty(argument: string): string | undefined {
  const { stdout, status } = spawnSync('stty', [argument], {
    stdio: ['inherit', 'pipe', 'ignore'],
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : undefined;
}
