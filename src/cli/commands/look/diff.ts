/** `qmptap diff`: what two recordings say differently. */
import type { Command } from 'commander';
import { UsageError } from '../../../errors.js';

interface Options {
  ignore: string[];
  session?: readonly [number, number];
  json?: boolean;
}

export function addDiffCommand(program: Command): void {
  program
    .command('diff')
    .summary('what two recordings say differently')
    .description('what two recordings say differently, aligned by what was said')
    .argument('<recording>', 'a file')
    .argument('<other>', 'another recording')
    .option(
      '--ignore <path>',
      'leave this out of every message, as `return[*].filename` or `**.id`',
      gather,
      [],
    )
    .option(
      '-s, --session <n>',
      'compare only this session of both, or with N,M this of A and that of B',
      sessionPair,
    )
    .option('--json', 'one JSON object a difference, and one at the end')
    .addHelpText(
      'after',
      `
Commands and events are aligned by content: what is only in one (- or +), what has moved (>), and by path
what differs inside of what belongs together (~). Ids, times and what else cannot be the same twice, such as
thread ids, is left out. Ends with 3 if there is a difference.

Examples:
  qmptap diff libvirt-9.qmptap libvirt-11.qmptap
  qmptap diff boot.qmptap boot.qmptap --session 1,2 --ignore 'return[*].filename'`,
    )
    .action(async (a: string, b: string, options: Options) => {
      const { diff } = await import('../../look/diff.js');
      process.exitCode = diff(a, b, {
        ignore: options.ignore,
        sessions: options.session,
        json: options.json === true,
      });
    });
}

function gather(value: string, all: readonly string[]): string[] {
  return [...all, value];
}

function sessionPair(text: string): readonly [number, number] {
  const [, a, b] = /^([1-9]\d{0,8})(?:,([1-9]\d{0,8}))?$/.exec(text) ?? [];
  if (a !== undefined) return [Number(a), Number(b ?? a)];
  throw new UsageError(
    `--session ${text}: not the number of a session, nor two as 1,2; \`qmptap ls FILE\` lists them`,
  );
}
