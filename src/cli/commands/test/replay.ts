/** `qmptap replay`: a recording answers as the server, or speaks as the client. */
import { type Command, Option } from 'commander';
import { UsageError } from '../../../errors.js';
import type { LogFlags } from '../../output/log.js';
import type { ReplayClientFlags } from '../../replay/replay-client.js';
import type { ReplayFlags } from '../../replay/replay-outcome.js';
import type { ReplayServerFlags } from '../../replay/replay-server.js';
import { collect, contradiction, execWithoutCommand, sessionNumber } from '../values.js';

export function addReplayCommand(program: Command): void {
  const replay = program
    .command('replay')
    .helpCommand(false)
    .summary('play a recording as the server or as the client')
    .description('Play a recording as the server that answers, or as the client that asks.');
  addServer(replay);
  addClient(replay);
}

function addServer(replay: Command): void {
  const server = replay
    .command('server')
    .summary('answer as the recorded QEMU or guest agent did')
    .description('Answer on a socket as the recorded QEMU or guest agent did.')
    .argument('[recording]', 'a file')
    .argument('[command...]', 'the client to run, after --exec --')
    .option('-l, --listen <addr>', 'where the client connects (default with --exec: a new unix socket)')
    .option('--dial-client <addr>', 'instead of --listen: connect to a client that listens for its server')
    .addOption(
      new Option('--match <how>', 'strict: commands in the recorded order; content: in any order')
        .choices(['strict', 'content'])
        .default('strict'),
    )
    .addOption(
      new Option('--on-miss <what>', 'what to do with a command that was not recorded')
        .choices(['error', 'close', 'forward'])
        .default('error'),
    )
    .option('--upstream <addr>', 'with --on-miss forward: the real server')
    .option('-o, --output <file>', 'record what the clients were told, including forwarded answers')
    .option('--force', 'replace that file if it exists')
    .option(
      '--repeat <glob>',
      'with --match content: repeat the last answer to these commands, which change something',
      collect,
    )
    .option('--once', 'end after one client')
    .option('--ui', 'record what the clients are told, and show it in the terminal UI')
    .option('--keep', 'after the last session, begin again with the first')
    .option('--exec', 'run the command after -- with the address in $QMPTAP_ADDRESS, and end with it');
  addShared(server)
    .addHelpText(
      'after',
      `
The first client gets the first session, the second client the second, and so on; with --session N every client
gets that one. Answers carry the ids of the new commands; everything else is byte for byte as recorded. With
--match strict, recorded commands that never came are a divergence. Ends with 3 if the replay diverged; with
--exec, with the command's own exit code unless that is 0.

Examples:
  qmptap replay server boot.qmptap --listen /tmp/qmp.sock
  qmptap replay server boot.qmptap --match content --repeat 'device_*' --keep --listen tcp:4444
  qmptap replay server boot.qmptap --exec -- pytest tests/
  qmptap replay server boot.qmptap --dial-client /tmp/qtest.sock --once
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
  if (flags.once && flags.keep) throw contradiction('--once', '--keep');
  if (flags.exec ? words.length === 0 : words.length > 0) {
    throw execWithoutCommand('replay server', 'pytest tests/');
  }
  if (flags.listen !== undefined && flags.dialClient !== undefined) {
    throw contradiction('--listen', '--dial-client');
  }
  if (flags.listen === undefined && flags.dialClient === undefined && !flags.exec) {
    throw new UsageError({
      subject: 'replay server',
      reason: 'it needs an address for the client',
      remedy: 'give --listen ADDR, --dial-client ADDR or --exec -- COMMAND',
    });
  }
}

function addClient(replay: Command): void {
  const client = replay
    .command('client')
    .summary('ask a real server as the recorded client did, and compare')
    .description('Send a real server what the recorded client sent, and compare the answers.')
    .argument('[recording]', 'a file')
    .option('-c, --connect <addr>', 'where the server listens')
    .option(
      '--fd <name=path>',
      'the file to pass for the descriptor of this name (default: /dev/null)',
      collect,
    )
    .option('--read-only', 'send only the negotiation and query-*, and report the rest')
    .option('--dry-run', 'do not connect; print what would be sent and awaited');
  addShared(client)
    .addHelpText(
      'after',
      `
Each command is sent, byte for byte, after everything that came before it in the recording has come, events
included. What does not come within --timeout (10 s) is reported. Differences are reported by path. Times, thread
ids and the like are not compared; --explain lists them. Ends with 3 if anything differs.

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
        throw new UsageError({
          subject: 'replay client',
          reason: 'it needs the address of the server, or no server',
          remedy: 'give either --connect ADDR or --dry-run',
        });
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
    .option('--pacing <asap|recorded|x10>', 'recorded pauses to keep; x10: a tenth of each (default: asap)')
    .option('--ignore <path>', 'ignore this in every comparison: arguments.node-name or **.pid', collect)
    .option('--timeout <seconds>', 'how long to wait for anything', milliseconds)
    .option('--report <file>', 'write the outcome as JSON, or as JUnit XML if the name ends in .xml')
    .option('--explain', 'list what is never compared, and why; play nothing');
}

async function explained(flags: ReplayFlags): Promise<boolean> {
  if (flags.explain !== true) return false;
  const { explainUnstable } = await import('../../replay/replay-explain.js');
  explainUnstable(flags.ignore ?? []);
  return true;
}

function required(file: string | undefined, side: string): string {
  if (file !== undefined) return file;
  throw new UsageError({
    subject: `replay ${side}`,
    reason: 'the recording is not given',
    remedy: 'give its file',
  });
}

/** Seconds as text to milliseconds. */
function milliseconds(text: string): number {
  if (!/^\d{1,7}(\.\d{1,3})?$/.test(text) || Number(text) === 0) {
    throw new UsageError({
      subject: `--timeout ${text}`,
      reason: 'not a number of seconds',
      remedy: 'write 10 or 0.5, for example',
    });
  }
  return Number(text) * 1000;
}
