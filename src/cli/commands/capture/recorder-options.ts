/** The flags of commands that record until they are told to end: where to, how, and what is shown meanwhile. */
import { type Command, Option } from 'commander';
import { UsageError } from '../../../errors.js';
import { addLimitOptions } from './limit-options.js';
import type { RecorderFlags } from '../../capture/supervise.js';
import { collect, contradiction } from '../values.js';

/** Adds the flags; they give `RecorderFlags`. */
export function addRecorderOptions(command: Command): Command {
  return addLimitOptions(command)
    .option('-o, --output <file>', 'the recording to write (default: named by time and label)')
    .option('--force', 'replace the file if it exists')
    .option('--label <text>', 'a name for the sessions, such as the name of the VM')
    .addOption(
      new Option('--dialect <dialect>', 'the dialect, instead of detecting it').choices(['qmp', 'qga']),
    )
    .option('--durable', 'write bytes to disk before passing them on (slow)')
    .option('--redact', 'replace secrets before anything is written; see `qmptap redact --help`')
    .option('--rule <rule>', 'with --redact: another secret, path:arguments.opaque or key:token', collect, [])
    .option('--once', 'end after the first session')
    .option('--json', 'print each message as a line of JSON')
    .option('-q, --quiet', 'print no messages')
    .option('--ui', 'show the terminal UI; the recording goes on when you quit it')
    .option('--allow-send', 'with --ui: allow sending commands of your own (recorded as injected)');
}

/** @throws UsageError for flags that contradict each other */
export function checkRecorderFlags(flags: RecorderFlags, wantsStdout = false): void {
  if (flags.json && flags.quiet) throw contradiction('--json', '--quiet');
  if (flags.ui && (flags.json || flags.quiet || wantsStdout)) {
    throw new UsageError({
      subject: '--ui',
      reason: 'it needs the terminal for itself',
      remedy: 'leave out --json, --quiet and --listen stdio',
    });
  }
  if (flags.allowSend && !flags.ui) {
    throw new UsageError({
      subject: '--allow-send',
      reason: 'commands are sent from the UI',
      remedy: 'add --ui',
    });
  }
  checkRedactFlags(flags);
}

/** The same of `--redact` and what goes with it. @throws UsageError */
export function checkRedactFlags(flags: Pick<RecorderFlags, 'redact' | 'durable' | 'rule'>): void {
  if (flags.redact && flags.durable) {
    throw new UsageError({
      subject: '--redact and --durable',
      reason: 'they contradict each other: half a message cannot be redacted',
      remedy: 'give one',
    });
  }
  if (flags.rule.length > 0 && !flags.redact) {
    throw new UsageError({
      subject: '--rule',
      reason: 'it says what else to redact',
      remedy: 'give --redact with it',
    });
  }
}
