/**
 * The command line's declaration: every command with its options, grouped by what people want to do. The help,
 * the man pages and the completion come from it. What a command runs is loaded only when it runs.
 */
import { Command, Option } from 'commander';
import { version } from '../version.js';
import { addAttachCommand } from './commands/capture/attach.js';
import { addDoctorCommand } from './commands/capture/doctor.js';
import { addEmulatorCommand } from './commands/capture/emulator.js';
import { addHostCommand } from './commands/capture/host.js';
import { addImpersonateCommand } from './commands/capture/impersonate.js';
import { addInterposeCommand } from './commands/capture/interpose.js';
import { addRecordCommand } from './commands/capture/record.js';
import { addRunCommand } from './commands/capture/run.js';
import { addCompletionCommand } from './commands/completion.js';
import { addCheckCommand } from './commands/look/check.js';
import { addDiffCommand } from './commands/look/diff.js';
import { addLsCommand } from './commands/look/ls.js';
import { addProfileCommand } from './commands/look/profile.js';
import { addSchemaCommand } from './commands/look/schema.js';
import { addShowCommand } from './commands/look/show.js';
import { addStateCommand } from './commands/look/state.js';
import { addStatsCommand } from './commands/look/stats.js';
import { addStoriesCommand } from './commands/look/stories.js';
import { addTopCommand } from './commands/look/top.js';
import { addUiCommand } from './commands/look/ui.js';
import { addWhyCommand } from './commands/look/why.js';
import { addExportCommand } from './commands/share/export.js';
import { addImportCommand } from './commands/share/import.js';
import { addRedactCommand } from './commands/share/redact.js';
import { addDemoCommand } from './commands/test/demo.js';
import { addReplayCommand } from './commands/test/replay.js';
import { logFormats, logLevels } from './output/log.js';
import { escapeLines } from './output/output.js';

/** The commands by what they are for, in the order of the help. Hidden ones are in the group of their caller. */
const groups: readonly (readonly [title: string, ...add: ((program: Command) => void)[]])[] = [
  ['See it work', addDemoCommand, addCompletionCommand],
  ['Capture', addRecordCommand, addRunCommand, addAttachCommand],
  ['Look', addUiCommand, addShowCommand, addLsCommand, addTopCommand],
  [
    'Ask',
    addWhyCommand,
    addStatsCommand,
    addStoriesCommand,
    addStateCommand,
    addCheckCommand,
    addDiffCommand,
    addProfileCommand,
    addSchemaCommand,
  ],
  ['Test', addReplayCommand],
  ['Hand on', addExportCommand, addImportCommand, addRedactCommand],
  [
    'A host',
    addHostCommand,
    addEmulatorCommand,
    addDoctorCommand,
    addInterposeCommand,
    addImpersonateCommand,
  ],
];

/** The program with all its commands. */
export function createProgram(): Command {
  const program = new Command('qmptap')
    .summary('record, inspect and replay QMP')
    .description('Record, inspect and replay QMP, the protocol that libvirt uses to drive QEMU.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option('--debug', 'print a stack trace with an error')
    .addOption(
      new Option('--log-level <level>', 'how much a recorder or replayer logs on standard error')
        .choices(logLevels)
        .default('info'),
    )
    .addOption(
      new Option('--log-format <format>', 'log for people (pretty) or as JSON')
        .choices(logFormats)
        .default('pretty'),
    )
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addHelpText('after', after)
    .showHelpAfterError('(qmptap --help lists the commands)')
    .configureOutput({
      outputError: (text, write) => {
        write(escapeLines(asOurs(text)));
      },
    })
    .exitOverride();
  for (const [title, ...adds] of groups) {
    program.commandsGroup(`${title}:`);
    for (const add of adds) add(program);
    if (title === 'See it work') program.helpCommand('help [command]', 'print the help of a command');
  }
  for (const command of program.commands) completeHelp(command, 'qmptap');
  return program;
}

const after = `
\`qmptap COMMAND --help\` has more, with examples. \`man qmptap\` and \`man qmptap-record\` say the same.

Exit codes:
  0         success
  1         the environment or the input failed: a connection, a file, a full disk
  2         wrong usage
  3         a difference: a replay diverged, \`diff\` found one, \`check\` found a violation
  130, 143  ended by SIGINT or SIGTERM, after everything received was stored

Environment:
  QMPTAP_HOME     new recordings go to recordings/ in this folder
  XDG_STATE_HOME  else to qmptap/ in this one (default: ~/.local/state)
  QMPTAP_ADDRESS  set for the command of --exec: where it connects to
  NO_COLOR        no colours

Examples:
  qmptap demo
  qmptap record --listen /tmp/tap.sock --connect /run/vm/qmp.sock -o boot.qmptap
  qmptap ui boot.qmptap`;

/** An error of commander's as one of ours. */
function asOurs(text: string): string {
  const [, recording] = /^error: unknown command '(.+\.qmptap)'/.exec(text) ?? [];
  if (recording !== undefined)
    return `qmptap: ${recording}: which command? qmptap ui ${recording} shows a recording\n`;
  return text.replace(/^error: /, 'qmptap: ');
}

/** Words the help option as the program does, and points from a mistake to the command's own help. */
function completeHelp(command: Command, before: string): void {
  const words = `${before} ${command.name()}`;
  const runs = command.registeredArguments.some((argument) => argument.name() === 'command');
  const hint = runs ? '; a command of your own comes after --' : '';
  command.showHelpAfterError(`(${words} --help lists the options${hint})`);
  command.helpOption('-h, --help', 'print this help');
  for (const inner of command.commands) completeHelp(inner, words);
}
