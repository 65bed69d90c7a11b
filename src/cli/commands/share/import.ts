/** `qmptap import`: a recording out of a log or another format. */
import { type Command, Option } from 'commander';
import { type ImportFormatName, importNames } from '../../../formats/table.js';
import { formatHelp } from '../../share/format-help.js';

interface Flags {
  format: ImportFormatName | 'auto';
  output?: string;
  force?: boolean;
  label?: string;
}

export function addImportCommand(program: Command): void {
  program
    .command('import')
    .description('make a recording of a log, or of another format')
    .argument('<file>', 'the log, also packed by gzip or xz; - for standard input')
    .addOption(new Option('--format <format>', 'see below').choices(['auto', ...importNames]).default('auto'))
    .option('-o, --output <file>', 'the recording (default: named by time and file, as record does)')
    .option('--label <text>', 'a name for the sessions, where the file has none')
    .option('--force', 'replace the file if it exists')
    .addHelpText(
      'after',
      `
Formats:
${formatHelp(importNames, 'import')}

What a log cannot tell, exact bytes and white space, is reconstructed, and the sessions' notes say so.
What cannot be read is named with its line, and the rest imported; it is a failure only if nothing could be.

Examples:
  qmptap import /var/log/libvirt/libvirtd.log.1.gz -o last-night.qmptap
  journalctl --all -u libvirtd | qmptap import - -o today.qmptap
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
      });
    });
}
