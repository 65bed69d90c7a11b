/** What `qmptap run` does: starts QEMU behind a recorder, tells what happens, and ends with QEMU. */
import { escapeText } from '../inspect/format.js';
import { nameOf } from '../launch/qemu-arguments.js';
import { runQemu } from '../launch/run.js';
import type { RunFlags } from './commands/run.js';
import { outliveTheTerminal } from './ending.js';
import { defaultPath } from './folder.js';
import { say } from './output.js';
import { checkTerminal, openUi } from './ui-process.js';

const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

/** Gives QEMU's exit code. @throws UsageError, ConnectError, OutputError before QEMU is started */
export async function runCommand(command: readonly string[], flags: RunFlags): Promise<number> {
  if (flags.ui) checkTerminal();
  outliveTheTerminal(say);
  const label = flags.label ?? nameOf(command.slice(1));
  const output = flags.output ?? defaultPath(new Date(), label);
  // From before the start: what comes too early must not end us and leave QEMU behind.
  const early: NodeJS.Signals[] = [];
  let pass = (signal: NodeJS.Signals): void => void early.push(signal);
  for (const signal of passedOn) {
    process.on(signal, () => {
      pass(signal);
    });
  }
  const qemu = await runQemu({
    command,
    output,
    force: flags.force,
    label,
    agent: flags.agent,
    onOutput: flags.ui
      ? (line) => {
          say(escapeText(line));
        }
      : undefined,
    onEvent: (channel, event) => {
      if (event.type === 'trouble') say(`${escapeText(channel)}: ${escapeText(event.text)}`);
      else if (event.type === 'sink-failed')
        say(`recording stopped by an internal error, the traffic goes on: ${String(event.error)}`);
    },
  });
  pass = (signal) => {
    qemu.signal(signal);
  };
  early.forEach(pass);
  const what = `recording ${qemu.channels.map(escapeText).join(', ')} in ${output}; ends with QEMU`;
  say(what);
  const ui = flags.ui ? openUi(output, { notice: what }) : undefined;
  for (const notice of qemu.notices) say(escapeText(notice));
  const { code, messages, incomplete } = await qemu.finished;
  // Who looks on may do so until they quit, unless a signal ends us all.
  await (code > 128 ? ui?.close() : ui?.finished);
  const lost = incomplete === undefined ? '' : `; incomplete: ${escapeText(incomplete)}`;
  say(`${messages ?? 'the'} messages: ${output}${lost}`);
  return code;
}
