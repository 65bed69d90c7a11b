/** `qmptap record`: record what passes between a client and a server. */
import type { Command } from 'commander';
import { UsageError } from '../../../errors.js';
import { createLogger, type LogFlags } from '../../output/log.js';
import { execWithoutCommand } from '../values.js';
import { addRecorderOptions, checkRecorderFlags } from './recorder-options.js';
import type { RecordFlags } from '../../capture/record.js';

export function addRecordCommand(program: Command): void {
  addRecorderOptions(
    program
      .command('record')
      .summary('record what a client and a server say to each other')
      .description('Record what a client and a server say to each other. Every byte passes unchanged.')
      .option('-l, --listen <addr>', 'where the client connects: unix:/path, tcp:HOST:PORT, fd:N or stdio')
      .option('--dial-client <addr>', 'instead of --listen: connect to a client that listens for its server')
      .option('-c, --connect <addr>', 'where the server (QEMU or the guest agent) listens')
      .option(
        '--server-listens <addr>',
        'instead of --connect: wait here for a server that connects by itself',
      ),
  )
    .option('--exec', 'run the command after -- with the address in $QMPTAP_ADDRESS, and end with it')
    .argument('[command...]', 'the client to run, after --exec --')
    .addHelpText(
      'after',
      `
Without -o, the file goes to recordings/ in $QMPTAP_HOME, else to $XDG_STATE_HOME/qmptap, else to
~/.local/state/qmptap. Ctrl-C delivers and stores what was received, then ends the recorder.

With --max-size, --max-sessions or --keep, vm.qmptap becomes vm-00001.qmptap, vm-00002.qmptap and so on. An open
session stays in its file, which may therefore exceed --max-size. --keep removes only files of this series, and
none with a mark or a note of yours.

A client that listens for its QEMU (QEMU's server=off) is connected to when there is a server, and again after
each session.

Examples:
  qmptap record --listen /tmp/tap.sock --connect /run/vm/qmp.sock -o boot.qmptap
  qmptap record --listen tcp:4445 --connect tcp:192.0.2.7:4444 --label web1
  qmptap record --listen /tmp/tap.sock --connect /run/vm/qmp.sock --exec -- ./client.py
  qmptap record -l /tmp/tap.sock -c /run/vm/qmp.sock -o vm.qmptap --max-size 100M --keep 10 --quiet
  qmptap record --server-listens /tmp/tap.sock --dial-client /tmp/qtest.sock --once`,
    )
    .action(async (words: string[], flags: RecordFlags, command: Command) => {
      if ((flags.connect === undefined) === (flags.serverListens === undefined)) {
        throw new UsageError({
          subject: 'record',
          reason: 'it needs one address of the server',
          remedy: 'give either --connect ADDR or --server-listens ADDR',
        });
      }
      if ((flags.listen === undefined) === (flags.dialClient === undefined)) {
        throw new UsageError({
          subject: 'record',
          reason: 'it needs one address of the client',
          remedy: 'give either --listen ADDR or --dial-client ADDR',
        });
      }
      checkRecorderFlags(flags, flags.listen === 'stdio');
      if (flags.exec ? words.length === 0 : words.length > 0) {
        throw execWithoutCommand('record', './client.py');
      }
      const { recordCommand } = await import('../../capture/record.js');
      const log = createLogger(command.optsWithGlobals<LogFlags>());
      process.exitCode = await recordCommand(flags, words, log);
    });
}
