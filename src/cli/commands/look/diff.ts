/** `qmptap diff`: compares two recordings. */
import type { Command } from 'commander';
import { UsageError } from '../../../errors.js';
import { collect } from '../values.js';

interface Options {
  ignore: string[];
  session?: readonly [number, number];
  json?: boolean;
  first?: boolean;
}

export function addDiffCommand(program: Command): void {
  program
    .command('diff')
    .summary('compare two recordings by content')
    .description('Compare two recordings, aligned by content.')
    .argument('<recording>', 'a file')
    .argument('<other>', 'another recording')
    .option('--ignore <path>', 'ignore this in every message: `return[*].filename` or `**.id`', collect, [])
    .option(
      '-s, --session <n>',
      'compare only session N of both; N,M: session N of the first and M of the second',
      sessionPair,
    )
    .option('--first', 'only the first divergence that matters, and the earlier difference of state')
    .option('--json', 'a line of JSON for each difference, and one at the end')
    .addHelpText(
      'after',
      `
Commands and events are aligned by content. Shown are exchanges that only one recording has (- or +), that have
moved (>), and that differ inside, by path (~). Ids, times, thread ids and the like always differ, so they are
ignored. Ends with 3 if there is a difference.

--first tells where a bad run leaves a good one: a command that fails or that only one has, or an event, before what
only shows it; and the earliest difference of what was known of the VM before that.

Examples:
  qmptap diff libvirt-9.qmptap libvirt-11.qmptap
  qmptap diff libvirt-9.qmptap libvirt-11.qmptap --first
  qmptap diff boot.qmptap boot.qmptap --session 1,2 --ignore 'return[*].filename'`,
    )
    .action(async (a: string, b: string, options: Options) => {
      const { diff } = await import('../../look/diff.js');
      process.exitCode = diff(a, b, {
        ignore: options.ignore,
        sessions: options.session,
        json: options.json === true,
        first: options.first === true,
      });
    });
}

function sessionPair(text: string): readonly [number, number] {
  const [, a, b] = /^([1-9]\d{0,8})(?:,([1-9]\d{0,8}))?$/.exec(text) ?? [];
  if (a !== undefined) return [Number(a), Number(b ?? a)];
  throw new UsageError({
    subject: `--session ${text}`,
    reason: 'not the number of a session, nor two, as 1,2',
    remedy: '`qmptap ls FILE` lists the sessions',
  });
}
