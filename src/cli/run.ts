/** What `qmptap run` does: starts QEMU behind a recorder, tells what happens, and ends with QEMU. */
import { escapeText } from '../inspect/format.js';
import { nameOf } from '../launch/qemu-arguments.js';
import { runQemu } from '../launch/run.js';
import type { RunFlags } from './commands/run.js';
import { defaultPath } from './folder.js';
import { say } from './output.js';

const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

/** Gives QEMU's exit code. @throws UsageError, ConnectError, OutputError before QEMU is started */
export async function runCommand(command: readonly string[], flags: RunFlags): Promise<number> {
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
  say(`recording ${qemu.channels.map(escapeText).join(', ')} in ${output}; ends with QEMU`);
  for (const notice of qemu.notices) say(escapeText(notice));
  const { code, messages, incomplete } = await qemu.finished;
  const lost = incomplete === undefined ? '' : `; incomplete: ${escapeText(incomplete)}`;
  say(`${messages ?? 'the'} messages: ${output}${lost}`);
  return code;
}
