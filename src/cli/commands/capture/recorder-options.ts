/** The flags of whatever records until it is told to end: where to, how, and what is shown meanwhile. */
import { type Command, Option } from 'commander';
import { UsageError } from '../../../errors.js';
import { addLimitOptions } from '../../capture/limits.js';
import type { RecorderFlags } from '../../capture/supervise.js';
import { collect } from '../share/export.js';

/** Adds the flags; they give `RecorderFlags`. */
export function addRecorderOptions(command: Command): Command {
  return addLimitOptions(command)
    .option('-o, --output <file>', 'the recording (default: named by time and label, see below)')
    .option('--force', 'replace the file if it exists')
    .option('--label <text>', 'a name for the sessions, the VM for example')
    .addOption(new Option('--dialect <dialect>', 'do not recognise it, it is this').choices(['qmp', 'qga']))
    .option('--durable', 'pass bytes on only once they are on disk (slow)')
    .option('--redact', 'take secrets out before anything is kept; `qmptap redact --help` tells which')
    .option('--rule <rule>', 'with --redact: another one, as path:arguments.opaque or key:token', collect, [])
    .option('--once', 'end with the first session')
    .option('--json', 'print each message as one JSON object a line')
    .option('-q, --quiet', 'print no messages')
    .option('--ui', 'show the terminal UI; quitting it ends the UI, not the recording')
    .option('--allow-send', 'with --ui: let the user send commands into a session (recorded as injected)');
}

/** @throws UsageError for flags that contradict each other */
export function checkRecorderFlags(flags: RecorderFlags, wantsStdout = false): void {
  if (flags.json && flags.quiet) throw new UsageError('--json and --quiet contradict each other; give one');
  if (flags.ui && (flags.json || flags.quiet || wantsStdout)) {
    throw new UsageError('--ui wants the terminal for itself; leave out --json, --quiet and --listen stdio');
  }
  if (flags.allowSend && !flags.ui) throw new UsageError('--allow-send is for the UI; add --ui');
  if (flags.redact && flags.durable) {
    throw new UsageError('--redact and --durable contradict each other: half a message cannot be redacted');
  }
  if (flags.rule.length > 0 && !flags.redact)
    throw new UsageError('--rule says what else to redact; give --redact');
}
