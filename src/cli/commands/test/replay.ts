/** `qmptap replay`: a recording answers as the server, or speaks as the client. */
import { type Command, Option } from 'commander';
import { UsageError } from '../../../errors.js';
import type { LogFlags } from '../../output/log.js';
import type { ReplayClientFlags } from '../../replay/replay-client.js';
import type { ReplayFlags } from '../../replay/replay-outcome.js';
import type { ReplayServerFlags } from '../../replay/replay-server.js';
import { sessionNumber } from '../look/show.js';

export function addReplayCommand(program: Command): void {
  const replay = program
    .command('replay')
    .helpCommand(false)
    .summary('a recording answers as server, or asks as client')
    .description('play a recording: as the server that answers, or as the client that asks');
  addServer(replay);
  addClient(replay);
}

function addServer(replay: Command): void {
  const server = replay
    .command('server')
    .description('answer on a socket as the recorded QEMU or guest agent did')
    .argument('[recording]', 'a file')
    .argument('[command...]', 'after --exec --: the client to run')
    .option('-l, --listen <addr>', 'where the client connects (default with --exec: a new unix socket)')
    .addOption(
      new Option('--match <how>', 'strict: commands in the recorded order; content: in any order')
        .choices(['strict', 'content'])
        .default('strict'),
    )
    .addOption(
      new Option('--on-miss <what>', 'what becomes of a command that was not recorded')
        .choices(['error', 'close', 'forward'])
        .default('error'),
    )
    .option('--upstream <addr>', 'with --on-miss forward: the real server')
    .option('-o, --output <file>', 'record what the clients were told, forwarded answers included')
    .option('--force', 'replace that file if it exists')
    .option('--repeat <glob>', 'under content: commands whose last answer may be given again', collect)
    .option('--once', 'end after one client')
    .option('--ui', 'record what the clients are told, and show it in the terminal UI')
    .option('--keep', 'never end: after the last session begin with the first again')
    .option('--exec', 'run the command after -- with $QMPTAP_ADDRESS, and end with it');
  addShared(server)
    .addHelpText(
      'after',
      `
The first client is played the first session, the second client the second, and so on; with --session N
every client is played that one. Answers carry the ids that come in; all else is byte for byte as recorded.
Under strict, recorded commands that never came count as a divergence. Exit code: 3 if the replay diverged;
with --exec the command's own code where it is not 0.

Examples:
  qmptap replay server boot.qmptap --listen /tmp/qmp.sock
  qmptap replay server boot.qmptap --match content --repeat 'query-*' --keep --listen tcp:4444
  qmptap replay server boot.qmptap --exec -- pytest tests/
  qmptap replay server boot.qmptap --listen /tmp/qmp.sock --on-miss forward --upstream /run/vm/qmp.sock -o more.qmptap`,
    )
    .action(async (file: string | undefined, words: string[], flags: ReplayServerFlags, command: Command) => {
      if (await explained(flags)) return;
      checkServer(file, words, flags);
      const { replayServerCommand } = await import('../../replay/replay-server.js');
      const all = command.optsWithGlobals<ReplayServerFlags & LogFlags>();
      process.exitCode = await replayServerCommand(required(file, 'server'), all, words);
    });
}

function checkServer(file: string | undefined, words: string[], flags: ReplayServerFlags): void {
  required(file, 'server');
  if (flags.once && flags.keep) throw new UsageError('--once and --keep contradict each other; give one');
  if (flags.exec ? words.length === 0 : words.length > 0) {
    throw new UsageError('replay server: --exec and the command go together, as in --exec -- pytest tests/');
  }
  if (flags.listen === undefined && !flags.exec) {
    throw new UsageError(
      'replay server: where should the client connect? give --listen ADDR, or --exec -- COMMAND',
    );
  }
}

function addClient(replay: Command): void {
  const client = replay
    .command('client')
    .description('say to a real server what the recorded client said, and compare the answers')
    .argument('[recording]', 'a file')
    .option('-c, --connect <addr>', 'where the server listens')
    .option('--fd <name=path>', 'the file for a descriptor of this name (default: /dev/null)', collect)
    .option('--read-only', 'send only query-* and what a session begins with, and tell what is left out')
    .option('--dry-run', 'connect to nobody; print what would be sent, and what would be waited for');
  addShared(client)
    .addHelpText(
      'after',
      `
Each command is sent, byte for byte, once everything that came before it in the recording has come, events
included; what does not come within --timeout (10 s) is named. A difference is told by its path. What cannot
be the same twice is left out; --explain lists it. Exit code: 3 if anything differs.

Examples:
  qmptap replay client boot.qmptap --connect /run/vm/qmp.sock --read-only
  qmptap replay client boot.qmptap --connect tcp:127.0.0.1:4444 --ignore 'QMP.version.**'
  qmptap replay client save.qmptap --connect /run/vm/qmp.sock --fd migrate=/tmp/state
  qmptap replay client boot.qmptap --dry-run`,
    )
    .action(async (file: string | undefined, flags: ReplayClientFlags, command: Command) => {
      if (await explained(flags)) return;
      const path = required(file, 'client');
      if ((flags.connect === undefined) !== (flags.dryRun === true)) {
        throw new UsageError(
          'replay client: where is the server? give --connect ADDR, or --dry-run for none',
        );
      }
      const { dryRunCommand, replayClientCommand } = await import('../../replay/replay-client.js');
      if (flags.connect === undefined) dryRunCommand(path, flags);
      else {
        const all = command.optsWithGlobals<ReplayClientFlags & LogFlags>();
        process.exitCode = await replayClientCommand(path, flags.connect, all);
      }
    });
}

function addShared(command: Command): Command {
  return command
    .option('-s, --session <n>', 'play this session', sessionNumber)
    .option('--pacing <asap|recorded|x10>', 'which pauses to keep; x10: a tenth of each (default: asap)')
    .option(
      '--ignore <path>',
      'leave this out of every comparison, as arguments.node-name or **.pid',
      collect,
    )
    .option('--timeout <seconds>', 'the bound on every wait', milliseconds)
    .option('--report <file>', 'write the outcome as JSON, or as JUnit XML if the name ends in .xml')
    .option('--explain', 'list what is never compared, and why');
}

async function explained(flags: ReplayFlags): Promise<boolean> {
  if (flags.explain !== true) return false;
  const { explainUnstable } = await import('../../replay/replay-explain.js');
  explainUnstable(flags.ignore ?? []);
  return true;
}

function required(file: string | undefined, side: string): string {
  if (file === undefined) throw new UsageError(`replay ${side}: which recording? give its file`);
  return file;
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

/** Seconds as text to milliseconds. */
function milliseconds(text: string): number {
  if (!/^\d{1,7}(\.\d{1,3})?$/.test(text) || Number(text) === 0) {
    throw new UsageError(`--timeout ${text}: not a number of seconds, as 10 or 0.5`);
  }
  return Number(text) * 1000;
}
