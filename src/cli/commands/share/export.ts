/** `qmptap export`: a recording, or a part of it, in a format that others read. */
import { type Command, Option } from 'commander';
import { UsageError } from '../../../errors.js';
import type { ExportFormatName } from '../../../formats/formats.js';
import { sessionNumber } from '../look/show.js';

interface Flags {
  format: ExportFormatName;
  output?: string;
  force?: boolean;
  session?: number;
  redact?: boolean;
  rule: string[];
}

const formats: Record<ExportFormatName, string> = {
  jsonl: 'one JSON object a line, lossless; can be imported again',
  text: "-> and <- as in QEMU's documents; can be imported again",
  html: 'one page for a bug report, which works from a file; can be imported again',
  replies: "the layout of libvirt's tests/qemucapabilitiesdata/*.replies; can be imported again",
  pcapng: 'for Wireshark: each message a packet, with the JSON dissector',
  vitest: 'a test that replays the recording',
  pytest: 'a test that replays the recording',
};

/** Collects an option that may be given several times. */
export function collect(text: string, before: string[]): string[] {
  return [...before, text];
}

export function addExportCommand(program: Command): void {
  program
    .command('export')
    .description('write a recording, or a part of it, in another format')
    .argument('<recording>', 'a file')
    .argument('[filter...]', 'which messages, as `cmd:block* dur>50ms`')
    .addOption(
      new Option('--format <format>', 'see below').choices(Object.keys(formats)).makeOptionMandatory(),
    )
    .option('-o, --output <file>', 'where to (default: standard output)')
    .option('--force', 'replace the file if it exists')
    .option('-s, --session <n>', 'only this session', sessionNumber)
    .option('--redact', 'take secrets out; this is what happens anyway')
    .option('--no-redact', 'leave secrets in')
    .option('--rule <rule>', 'another secret: path:arguments.opaque, key:token or /pattern/', collect, [])
    .addHelpText(
      'after',
      `
Formats:
${Object.entries(formats)
  .map(([name, help]) => `  ${name.padEnd(8)} ${help}`)
  .join('\n')}

Secrets are taken out by the protocol's meaning, as \`qmptap redact --help\` tells; what it does not know
stays in.

Examples:
  qmptap export boot.qmptap --format html -o boot.html
  qmptap export boot.qmptap 'cmd:block*' --format jsonl | jq .name
  qmptap export probe.qmptap --session 1 --format replies -o caps_7.2.0.x86_64.replies`,
    )
    .action(async (file: string, filter: string[], flags: Flags) => {
      if (flags.redact === false && flags.rule.length > 0)
        throw new UsageError('--rule says what else to redact; leave out --no-redact');
      const { exportCommand } = await import('../../share/export.js');
      exportCommand(file, {
        filter: filter.join(' '),
        format: flags.format,
        output: flags.output,
        force: flags.force === true,
        session: flags.session,
        redact: flags.redact !== false,
        rules: flags.rule,
      });
    });
}
