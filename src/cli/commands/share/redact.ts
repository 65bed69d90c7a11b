/** `qmptap redact`: a copy of a recording without its secrets. */
import type { Command } from 'commander';
import { UsageError } from '../../../errors.js';
import { collect } from '../values.js';

interface Flags {
  output?: string;
  force?: boolean;
  rule: string[];
  anonymise?: boolean;
  dryRun?: boolean;
  json?: boolean;
}

export function addRedactCommand(program: Command): void {
  program
    .command('redact')
    .summary('copy a recording without its secrets')
    .description('Copy a recording without its secrets.')
    .argument('<recording>', 'the file to copy; it is not changed')
    .option('-o, --output <file>', 'the copy to write')
    .option('--force', 'replace the file if it exists')
    .option('--rule <rule>', 'another secret: path:arguments.opaque, key:token or /pattern/', collect, [])
    .option('--anonymise', 'also replace names of hosts, VMs and users, paths, UUIDs, MAC and IP addresses')
    .option('--dry-run', 'list what would be replaced; write nothing')
    .option('--json', 'with --dry-run: a line of JSON for each')
    .addHelpText(
      'after',
      `
Secrets are found by the protocol's meaning: passwords in set_password, change-vnc-password, object-add and
guest-set-user-password, keys typed by send-key, the input, environment and output of programs in the guest,
files of the guest, SSH keys, the same in human-monitor-command and transaction; by their names (password, cookie
and so on) in messages, options, JSON in strings and QEMU's arguments; in URLs; then wherever else the same text
stands, in any spelling: in messages, notes, labels and addresses. The report lists what was looked for;
anything else is kept.

Secrets become tokens of the same type, such as [redacted:1]; the same secret has the same token. A redacted
recording can be replayed.

--anonymise also replaces what tells whose recording it is, each by something of the same kind: vm-1, host-1,
user-1, path-1, and UUIDs, MAC and IP addresses. The same thing stays the same in all of the recording.

Examples:
  qmptap redact boot.qmptap --dry-run
  qmptap redact boot.qmptap -o boot-public.qmptap --rule key:token --rule '/corp-[0-9]+/'
  qmptap redact boot.qmptap -o anonymous.qmptap --anonymise`,
    )
    .action(async (file: string, flags: Flags) => {
      if (flags.dryRun ? flags.output !== undefined : flags.json) {
        throw new UsageError(
          flags.dryRun
            ? { subject: 'redact --dry-run', reason: 'it writes nothing', remedy: 'leave out -o' }
            : { subject: 'redact --json', reason: 'it is for the list', remedy: 'give --dry-run with it' },
        );
      }
      const { listSecrets, redactCommand } = await import('../../share/redact.js');
      const options = {
        output: flags.output,
        force: flags.force === true,
        rules: flags.rule,
        anonymise: flags.anonymise === true,
        json: flags.json === true,
      };
      if (flags.dryRun === true) listSecrets(file, options);
      else if (flags.output === undefined) {
        throw new UsageError({
          subject: 'redact',
          reason: 'the file for the copy is not given',
          remedy: 'give -o NEW, or --dry-run',
        });
      } else {
        await redactCommand(file, flags.output, options);
      }
    });
}
