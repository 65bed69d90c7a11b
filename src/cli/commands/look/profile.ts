/** `qmptap profile`: what is usual, from many recordings. */
import type { Command } from 'commander';

interface Options {
  output?: string;
  force?: boolean;
  timeouts?: boolean;
  json?: boolean;
}

export function addProfileCommand(program: Command): void {
  program
    .command('profile')
    .summary('learn from many recordings what is usual')
    .description('Learn from many recordings how long commands take, and in which order they come.')
    .argument('<recording...>', 'recordings, folders of them, and profiles (.json), which are merged')
    .option('-o, --output <file>', 'write the profile; - is standard output')
    .option('--force', 'replace an existing file')
    .option('--timeouts', 'propose time-outs that would have held')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
A profile has the latency of each command by the shape of its arguments, and how often commands follow each other.
It holds no ids, paths or other values of arguments. Without -o it is printed as a table.

--timeouts proposes twice the longest that was seen, rounded up, for each command.

Examples:
  qmptap profile recordings/ -o usual.json
  qmptap profile usual.json recordings/ -o more.json
  qmptap profile recordings/ --timeouts
  qmptap why boot.qmptap --against usual.json`,
    )
    .action(async (paths: string[], options: Options) => {
      const { profile } = await import('../../look/profile.js');
      process.exitCode = profile(paths, {
        output: options.output,
        force: options.force === true,
        timeouts: options.timeouts === true,
        json: options.json === true,
      });
    });
}
