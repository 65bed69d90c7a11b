/** `qmptap export`: a recording, or a part of it, in a format that others read. */
import { type Command, Option } from 'commander';
import { UsageError } from '../../../errors.js';
import { type ExportFormatName, exportFormatOf, exportEndings, exportNames } from '../../../formats/table.js';
import { formatHelp } from '../../share/format-help.js';
import { filterHelp } from '../../../inspect/filter/help.js';
import { collect, sessionNumber } from '../values.js';
import { moreHelp, severalHelp, sourceHelp } from '../look/source-argument.js';

interface Flags {
  format?: ExportFormatName;
  output?: string;
  force?: boolean;
  session?: number;
  redact?: boolean;
  rule: string[];
}

export function addExportCommand(program: Command): void {
  program
    .command('export')
    .summary('write a recording in another format')
    .description('Write a recording, or the part that a filter matches, in another format.')
    .argument('<recording>', sourceHelp)
    .argument('[recording|filter...]', moreHelp)
    .addOption(
      new Option('--format <format>', "see below (default: by the new file's name)").choices(exportNames),
    )
    .option('-o, --output <file>', 'the file to write (default: standard output)')
    .option('--force', 'replace the file if it exists')
    .option('-s, --session <n>', 'only this session', sessionNumber)
    .option('--redact', 'replace secrets; the default for all formats but qmptap')
    .option('--no-redact', 'keep secrets')
    .option('--rule <rule>', 'another secret: path:arguments.opaque, key:token or /pattern/', collect, [])
    .addHelpText(
      'after',
      `
Formats:
${formatHelp(exportNames, 'export')}

\`qmptap redact --help\` says which secrets are replaced. Anything else is kept.

${severalHelp}
With -o NEW.qmptap they become one recording.

Filter:
${filterHelp()}

Examples:
  qmptap export boot.qmptap -o boot.html
  qmptap export live.qmptap -o copy.qmptap
  qmptap export boot.qmptap 'cmd:block*' --format jsonl | jq .name
  qmptap export recordings/ 'time>2026-11-20T08:00' -o morning.qmptap
  qmptap export probe.qmptap --session 1 --format replies -o caps_7.2.0.x86_64.replies`,
    )
    .action(async (file: string, words: string[], flags: Flags) => {
      if (flags.redact === false && flags.rule.length > 0)
        throw new UsageError({
          subject: '--rule',
          reason: 'it says what else to redact',
          remedy: 'leave out --no-redact',
        });
      const format = flags.format ?? formatOfName(flags.output);
      const { sourceWords } = await import('../../files/source-words.js');
      const { paths, filter } = sourceWords(file, words);
      const options = {
        filter,
        output: flags.output,
        force: flags.force === true,
        session: flags.session,
        rules: flags.rule,
      };
      if (format === 'qmptap') {
        const { exportRecording } = await import('../../share/export-recording.js');
        // A copy is exact unless told otherwise; other formats are redacted.
        const redact = flags.redact === true || flags.rule.length > 0;
        process.exitCode = await exportRecording(paths, { ...options, redact });
      } else {
        const { exportCommand } = await import('../../share/export.js');
        process.exitCode = exportCommand(paths, { ...options, format, redact: flags.redact !== false });
      }
    });
}

/** @throws UsageError where the name tells no format */
function formatOfName(output: string | undefined): ExportFormatName {
  const format = output === undefined ? undefined : exportFormatOf(output);
  if (format !== undefined) return format;
  const remedy = `give --format, one of ${exportNames.join(', ')}`;
  throw new UsageError(
    output === undefined || output === '-'
      ? { subject: 'export', reason: 'the format is not given', remedy: `${remedy}, or -o FILE` }
      : {
          subject: `export -o ${output}`,
          reason: `its name ends with none of ${exportEndings.join(' ')}`,
          remedy,
        },
  );
}
