/** `qmptap check`: verifies the file, that both peers kept to the protocol, and rules of the user's own. */
import { type Command, Option } from 'commander';
import { UsageError } from '../../../errors.js';
import type { RuleFormat } from '../../look/check-rules.js';
import { sourceHelp } from './source-argument.js';

interface Options {
  json?: boolean;
  schema?: string;
  rules?: string[];
  listRules?: boolean;
  mutate?: boolean;
  format?: RuleFormat;
  follow?: boolean;
}

export function addCheckCommand(program: Command): void {
  program
    .command('check')
    .summary('verify the file, that both sides keep to the protocol, and your own rules')
    .description('Verify a recording, and report violations of the protocol, or of rules of your own.')
    .argument('[recording...]', sourceHelp)
    .option('--json', 'a line of JSON for each finding, and one at the end')
    .option(
      '--schema <recording>',
      'check commands against the schema in this recording if the first has none',
    )
    .addOption(
      new Option(
        '--rules <file>',
        "judge these rules instead: YAML or JSON, or 'pack' for those that ship; may be given several times",
      ).argParser((file: string, before: string[] | undefined) => [...(before ?? []), file]),
    )
    .option('--list-rules', 'print the rules that ship, as a file of rules')
    .option('--mutate', 'with --rules: drop, delay and duplicate messages until each rule fails')
    .addOption(
      new Option('--format <format>', 'with --rules: how results are printed')
        .choices(['text', 'json', 'junit', 'sarif'])
        .default('text', 'text'),
    )
    .option('-f, --follow', 'with --rules: judge messages as they arrive, until the recording ends')
    .addHelpText(
      'after',
      `
Verifies that the file is intact, that the frames of each direction add up to the bytes that passed, and that
responses match commands. Reports violations of the protocol with the message's number, and ends with 3 if
there are any. Of several recordings, and those of a folder, each is verified by itself; with one that cannot be read
the rest goes on, and the command ends with 1.

With --rules, several recordings are one history, merged by time. Each rule is true, false, or open where the recording
ends before its time. The command ends with 3 if one of the level error or warning is false; with --mutate, if one
cannot be made to fail. What rules are made of:

  each PATTERN then PATTERN [within TIME] [unless PATTERN]
  each PATTERN always PATTERN until PATTERN
  always PATTERN [until PATTERN]
  never PATTERN
  at most NUMBER [PATTERN] in flight
  sometimes PATTERN

A pattern is a filter, as in show --help. cmd:device_del(id=$id) names an argument, event:DEVICE_DELETED(device=$id) asks
for the same value again. After then, until and unless, the words response, success and error alone are the response
to the command before.

Examples:
  qmptap check boot.qmptap
  qmptap check boot.qmptap --schema probe.qmptap
  qmptap check recordings/
  qmptap check boot.qmptap --rules pack
  qmptap check --list-rules > rules.yaml
  qmptap check boot.qmptap --rules rules.yaml --format junit
  qmptap check boot.qmptap --rules rules.yaml --mutate`,
    )
    .action(async (paths: string[], options: Options, command: Command) => {
      const { rules, mutate = false, follow = false, json = false } = options;
      if (options.listRules === true) {
        if (paths.length > 0 || rules !== undefined)
          refuse('--list-rules', { reason: 'it stands alone', remedy: 'leave the rest out' });
        const { listRules } = await import('../../look/check-rules.js');
        listRules();
        return;
      }
      if (paths.length === 0)
        refuse('<recording>', { reason: 'it is missing', remedy: 'name a recording or a folder' });
      const hasFormat = command.getOptionValueSource('format') === 'cli';
      if (rules === undefined) {
        for (const [flag, isGiven] of [
          ['--mutate', mutate],
          ['--follow', follow],
          ['--format', hasFormat],
        ] as const)
          if (isGiven)
            refuse(flag, { reason: 'it needs rules', remedy: 'add --rules FILE, or --rules pack' });
        const { check } = await import('../../look/check.js');
        process.exitCode = check(paths, json, options.schema);
        return;
      }
      if (options.schema !== undefined)
        refuse('--schema', { reason: 'it does not go with --rules', remedy: 'leave one of them out' });
      if (json && hasFormat && options.format !== 'json')
        refuse('--json', { reason: 'it does not go with another --format', remedy: 'leave one of them out' });
      const format = json ? 'json' : (options.format ?? 'text');
      if (mutate && (follow || (format !== 'text' && format !== 'json'))) {
        const flag = follow ? '--follow' : '--format';
        refuse(flag, { reason: 'it does not go with --mutate', remedy: 'leave one of them out' });
      }
      const { checkRecordingRules } = await import('../../look/check-rules.js');
      process.exitCode = await checkRecordingRules(paths, { rules, mutate, follow, format });
    });
}

function refuse(subject: string, why: { readonly reason: string; readonly remedy: string }): never {
  throw new UsageError({ subject, ...why });
}
