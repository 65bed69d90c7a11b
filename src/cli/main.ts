#!/usr/bin/env node
/**
 * The command line: one program, one file for each command in `commands/`. Each loads what it needs
 * only when it runs, since libvirt waits for a recorder to start.
 */
import { Command, CommanderError, Option } from 'commander';
import { OutputError } from '../errors.js';
import { reasonOf } from '../store/disk/files.js';
import { addAttachCommand } from './commands/capture/attach.js';
import { addCheckCommand } from './commands/look/check.js';
import { addCompletionCommand } from './commands/completion.js';
import { addDemoCommand } from './commands/test/demo.js';
import { addDiffCommand } from './commands/look/diff.js';
import { addDoctorCommand } from './commands/capture/doctor.js';
import { addEmulatorCommand } from './commands/capture/emulator.js';
import { addImpersonateCommand } from './commands/capture/impersonate.js';
import { addInterposeCommand } from './commands/capture/interpose.js';
import { addExportCommand } from './commands/share/export.js';
import { addImportCommand } from './commands/share/import.js';
import { addLsCommand } from './commands/look/ls.js';
import { addRecordCommand } from './commands/capture/record.js';
import { addRedactCommand } from './commands/share/redact.js';
import { addReplayCommand } from './commands/test/replay.js';
import { addRunCommand } from './commands/capture/run.js';
import { addSchemaCommand } from './commands/look/schema.js';
import { addShowCommand } from './commands/look/show.js';
import { addStatsCommand } from './commands/look/stats.js';
import { addStoriesCommand } from './commands/look/stories.js';
import { addUiCommand } from './commands/look/ui.js';
import { logFormats, logLevels } from './output/log.js';
import { endWithoutTerminal } from './capture/ending.js';
import { escapeLines, report } from './output/output.js';
import { version } from '../version.js';

/** The program with all its commands. */
export function createProgram(): Command {
  const program = new Command('qmptap')
    .description('Record, inspect and replay QMP, the protocol by which libvirt drives QEMU.')
    .version(version, '-V, --version')
    .option('--debug', 'show a stack trace with an error')
    .addOption(
      new Option('--log-level <level>', 'how much a recorder or replayer tells on standard error')
        .choices(logLevels)
        .default('info'),
    )
    .addOption(
      new Option('--log-format <format>', 'as JSON, or pretty for people')
        .choices(logFormats)
        .default('pretty'),
    )
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addHelpText(
      'after',
      `
\`qmptap COMMAND --help\` has more of each, with examples.

Examples:
  qmptap demo
  qmptap record --listen /tmp/tap.sock --connect /run/vm/qmp.sock -o boot.qmptap
  qmptap ui boot.qmptap`,
    )
    .showHelpAfterError('(qmptap --help shows what there is)')
    .configureOutput({
      outputError: (text, write) => {
        write(escapeLines(asOurs(text)));
      },
    })
    .exitOverride();
  program.commandsGroup('Begin:').helpCommand('help [command]', 'the help of a command');
  addDemoCommand(program);
  addCompletionCommand(program);
  program.commandsGroup('Record:');
  addRecordCommand(program);
  addAttachCommand(program);
  addRunCommand(program);
  addEmulatorCommand(program);
  addDoctorCommand(program);
  addInterposeCommand(program);
  addImpersonateCommand(program);
  program.commandsGroup('Look:');
  addUiCommand(program);
  addShowCommand(program);
  addLsCommand(program);
  addStatsCommand(program);
  addStoriesCommand(program);
  addCheckCommand(program);
  addDiffCommand(program);
  addSchemaCommand(program);
  program.commandsGroup('Replay, hand on:');
  addReplayCommand(program);
  addExportCommand(program);
  addImportCommand(program);
  addRedactCommand(program);
  for (const command of program.commands) pointToHelp(command, 'qmptap');
  return program;
}

/** An error of commander's as one of ours. */
function asOurs(text: string): string {
  const [, recording] = /^error: unknown command '(.+\.qmptap)'/.exec(text) ?? [];
  if (recording !== undefined)
    return `qmptap: ${recording}: which command? qmptap ui ${recording} shows a recording\n`;
  return text.replace(/^error: /, 'qmptap: ');
}

/** Whoever mistakes a command is told where its own help is. */
function pointToHelp(command: Command, before: string): void {
  const words = `${before} ${command.name()}`;
  const runs = command.registeredArguments.some((argument) => argument.name() === 'command');
  const after = runs ? '; a command of your own comes after --' : '';
  command.showHelpAfterError(`(${words} --help shows what there is${after})`);
  for (const inner of command.commands) pointToHelp(inner, words);
}

async function main(): Promise<void> {
  // A reader that has seen enough (`| head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    process.exit(report(new OutputError(`standard output: ${reasonOf(error)}`, { path: '-' }), false));
  });
  endWithoutTerminal();
  // Nobody is left to be told that nobody is left to be told.
  process.stderr.on('error', () => undefined);
  const program = createProgram();
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else process.exitCode = report(error, program.opts<{ debug?: boolean }>().debug === true);
  }
}

await main();
