/** What `qmptap run` does: starts QEMU behind a recorder, tells what happens, and ends with QEMU. */
import { escapeText } from '../../inspect/format.js';
import { guestName } from '../../launch/qemu/qemu-arguments.js';
import { runQemu } from '../../launch/qemu/run.js';
import { outliveTheTerminal } from './ending.js';
import { defaultFolder } from '../files/folder.js';
import { fileNews, nextFileInUi } from './limits.js';
import { say } from '../output/output.js';
import { checkTerminal, openUi, type UiProcess } from '../ui/ui-process.js';
import { limitsOf, type RecordingLimits } from '../../launch/record/recording-limits.js';

export interface RunFlags extends RecordingLimits {
  output?: string;
  force?: boolean;
  label?: string;
  agent?: boolean;
  ui?: boolean;
}

const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

/** Gives QEMU's exit code. @throws UsageError, ConnectError, OutputError before QEMU is started */
export async function runCommand(command: readonly string[], flags: RunFlags): Promise<number> {
  if (flags.ui) checkTerminal();
  outliveTheTerminal(say);
  const label = flags.label ?? guestName(command.slice(1));
  // Before QEMU starts: a signal that comes too early must not end us and leave QEMU running.
  const early: NodeJS.Signals[] = [];
  let pass = (signal: NodeJS.Signals): void => void early.push(signal);
  for (const signal of passedOn) {
    process.on(signal, () => {
      pass(signal);
    });
  }
  let ui: UiProcess | undefined = undefined as UiProcess | undefined;
  const qemu = await runQemu({
    command,
    output: flags.output,
    folder: defaultFolder(),
    force: flags.force,
    ...limitsOf(flags),
    label,
    agent: flags.agent,
    onOutput: flags.ui
      ? (line) => {
          say(escapeText(line));
        }
      : undefined,
    onEvent: (channel, event) => {
      if (event.type === 'trouble') say(`${escapeText(channel)}: ${escapeText(event.text)}`);
      else if (event.type === 'file-begun' || event.type === 'file-removed') say(fileNews(event));
      if (event.type === 'file-begun') ui?.say(nextFileInUi(event.path));
      else if (event.type === 'sink-failed')
        say(`recording stopped by an internal error, the traffic goes on: ${String(event.error)}`);
    },
  });
  pass = (signal) => {
    qemu.signal(signal);
  };
  early.forEach(pass);
  if (qemu.path !== undefined) {
    const what = `recording ${qemu.channels.map(escapeText).join(', ')} in ${qemu.path}; ends with QEMU`;
    say(what);
    ui = flags.ui ? openUi(qemu.path, { notice: what }) : undefined;
  }
  for (const notice of qemu.notices) say(escapeText(notice));
  const { code, files } = await qemu.finished;
  // The UI stays open until the user quits it, unless a signal ends us.
  await (code > 128 ? ui?.close() : ui?.finished);
  for (const { path, messages, incomplete } of files) {
    const lost = incomplete === undefined ? '' : `; incomplete: ${escapeText(incomplete)}`;
    say(`${messages ?? 'the'} messages: ${path}${lost}`);
  }
  return code;
}
