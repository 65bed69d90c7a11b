/** `qmptap record`: stand between a client and a server, and keep what they say. */
import type { Command } from 'commander';
import { UsageError } from '../../../errors.js';
import { createLogger, type LogFlags } from '../../output/log.js';
import { addRecorderOptions, checkRecorderFlags } from './recorder-options.js';
import type { RecordFlags } from '../../capture/record.js';

export function addRecordCommand(program: Command): void {
  addRecorderOptions(
    program
      .command('record')
      .summary('stand between client and server, keep what they say')
      .description('stand between client and server, pass every byte on, and keep a recording')
      .requiredOption(
        '-l, --listen <addr>',
        'where the client connects: unix:/path, tcp:HOST:PORT, fd:N or stdio',
      )
      .option('-c, --connect <addr>', 'where the server (QEMU or the guest agent) listens')
      .option('--server-listens <addr>', 'instead of --connect: wait here for a server that dials out'),
  )
    .option('--exec', 'run the command after -- with $QMPTAP_ADDRESS, and end with it')
    .argument('[command...]', 'after --exec --: the client to run')
    .addHelpText(
      'after',
      `
Without -o the file goes to recordings/ under $QMPTAP_HOME, else to $XDG_STATE_HOME/qmptap,
else to ~/.local/state/qmptap; a folder that is missing is made. Ctrl-C ends; what was received is delivered and stored first.
To leave it on, limit it: vm.qmptap then stands for vm-00001.qmptap and so on. A session that runs is never cut, so
its file may grow past --max-size. --keep removes files of this series only, and none with a mark or a note of yours.

Examples:
  qmptap record --listen /tmp/tap.sock --connect /run/vm/qmp.sock -o boot.qmptap
  qmptap record --listen tcp:4445 --connect tcp:192.0.2.7:4444 --label web1
  qmptap record --listen /tmp/tap.sock --connect /run/vm/qmp.sock --exec -- ./client.py
  qmptap record -l /tmp/tap.sock -c /run/vm/qmp.sock -o vm.qmptap --max-size 100M --keep 10 --quiet`,
    )
    .action(async (words: string[], flags: RecordFlags, command: Command) => {
      if ((flags.connect === undefined) === (flags.serverListens === undefined)) {
        throw new UsageError(
          'record: where is the server? give either --connect ADDR or --server-listens ADDR',
        );
      }
      checkRecorderFlags(flags, flags.listen === 'stdio');
      if (flags.exec ? words.length === 0 : words.length > 0) {
        throw new UsageError('record: --exec and the command go together, as in --exec -- ./client.py');
      }
      const { recordCommand } = await import('../../capture/record.js');
      const log = createLogger(command.optsWithGlobals<LogFlags>());
      process.exitCode = await recordCommand(flags, words, log);
    });
}
