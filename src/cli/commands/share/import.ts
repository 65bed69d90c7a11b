/** `qmptap import`: makes a recording of a log or another format. */
import { type Command, Option } from 'commander';
import { type ImportFormatName, importNames } from '../../../formats/table.js';
import { formatHelp } from '../../share/format-help.js';

interface Flags {
  format: ImportFormatName | 'auto';
  output?: string;
  force?: boolean;
  label?: string;
  follow?: boolean;
}

export function addImportCommand(program: Command): void {
  program
    .command('import')
    .summary('make a recording of a log or another format')
    .description('Make a recording of a log, or of a file in another format.')
    .argument('<file>', 'the file, also compressed with gzip, xz, zstd or bzip2; - is standard input')
    .addOption(new Option('--format <format>', 'see below').choices(['auto', ...importNames]).default('auto'))
    .option('-o, --output <file>', 'the recording to write (default: named by time and file)')
    .option('--label <text>', 'a name for the sessions if the file has none')
    .option('-f, --follow', 'go on as the file grows, until interrupted')
    .option('--force', 'replace the file if it exists')
    .addHelpText(
      'after',
      `
Formats:
${formatHelp(importNames, 'import')}

A log does not hold exact bytes and white space; they are reconstructed, and the sessions' notes say so.
Lines that cannot be read are reported and skipped. The import fails only if nothing can be read.

Examples:
  qmptap import /var/log/libvirt/libvirtd.log.1.gz -o last-night.qmptap
  journalctl --all -u libvirtd | qmptap import - -o today.qmptap
  journalctl --all -f -u virtqemud | qmptap import - -o live.qmptap    # qmptap ui live.qmptap sees it grow
  qmptap import caps_7.2.0.x86_64.replies -o caps.qmptap`,
    )
    .action(async (file: string, flags: Flags) => {
      const { importCommand } = await import('../../share/import.js');
      const { importPath } = await import('../../files/folder.js');
      await importCommand(file, {
        format: flags.format,
        output: flags.output ?? importPath(new Date(), file),
        force: flags.force === true,
        label: flags.label,
        follow: flags.follow === true,
      });
    });
}
