/** `qmptap show`: the messages of a recording, as text or JSON, finished or still growing. */
import type { Command } from 'commander';
import { UsageError } from '../../../errors.js';
import { filterHelp } from '../../../inspect/filter/help.js';
import { numberFromOne, sessionNumber } from '../values.js';
import { moreHelp, severalHelp, sourceHelp } from './source-argument.js';

interface Options {
  session?: number;
  json?: boolean;
  follow?: boolean;
  raw?: boolean;
  pretty?: boolean;
  explain?: number;
  schema?: string;
}

export function addShowCommand(program: Command): void {
  program
    .command('show')
    .summary('print the messages of a recording')
    .description('Print the messages of a recording.')
    .argument('<recording>', sourceHelp)
    .argument('[recording|filter...]', moreHelp)
    .option('-s, --session <n>', 'only this session', sessionNumber)
    .option('--json', 'a line of JSON for each message, lossless')
    .option('-f, --follow', 'print new messages as they arrive, until the recording ends')
    .option('--raw', 'only the exact bytes of the frames (escaped on a terminal)')
    .option('--pretty', 'whole messages, indented')
    .option(
      '--explain <seq>',
      'the members of one message with their types, by the schema in the recording',
      messageNumber,
    )
    .option('--schema <recording>', 'with --explain: take the schema from this recording')
    .addHelpText(
      'after',
      `
Each line has the number of the message, the seconds since the session began, -> (sent by the client) or
<- (sent by the server), the latency of a response, and the text, cut to the terminal's width.

${severalHelp}
Then a line has the label, the session, the message's number in it, and the local time of day. With --follow,
recordings that come into a folder are read too, until Ctrl-C.

Filter:
${filterHelp()}

Examples:
  qmptap show boot.qmptap
  qmptap show boot.qmptap cmd:query-* 'dur>10ms'
  qmptap show boot.qmptap --session 1 --raw dir:s2c | sha256sum
  qmptap show live.qmptap --follow kind:event
  qmptap show recordings/ kind:error 'time>2026-11-20T08:00'
  qmptap show boot.qmptap --explain 12 --schema probe.qmptap`,
    )
    .action(async (file: string, words: string[], options: Options) => {
      if ([options.json, options.raw, options.pretty].filter(Boolean).length > 1) {
        throw new UsageError({
          subject: '--json, --raw and --pretty',
          reason: 'each is a format of its own',
          remedy: 'give one',
        });
      }
      if (options.explain === undefined && options.schema !== undefined)
        throw new UsageError({
          subject: '--schema',
          reason: 'it says which schema explains a message',
          remedy: 'give --explain SEQ with it',
        });
      if (options.explain !== undefined) {
        if (words.length > 0 || options.follow || options.raw || options.pretty) {
          throw new UsageError({
            subject: '--explain',
            reason: 'it is about one message',
            remedy: 'leave out the filter, --follow, --raw and --pretty',
          });
        }
        const { explain } = await import('../../look/explain.js');
        explain(file, options.explain, {
          session: options.session,
          schemaFile: options.schema,
          json: options.json === true,
        });
        return;
      }
      const { show } = await import('../../look/show.js');
      const { sourceWords } = await import('../../files/source-words.js');
      const { paths, filter } = sourceWords(file, words);
      process.exitCode = await show(paths, {
        filter,
        session: options.session,
        follow: options.follow === true,
        format: options.json ? 'json' : options.raw ? 'raw' : options.pretty ? 'pretty' : 'text',
      });
    });
}

function messageNumber(text: string): number {
  return numberFromOne('--explain', text, '`qmptap show FILE` numbers the messages');
}
