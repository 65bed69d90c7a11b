/** What `qmptap attach --log` does: has libvirt log, reads that as an import does, and puts its settings back. */
import { escapeText } from '../../../inspect/format.js';
import { UsageError } from '../../../errors.js';
import { LibvirtLogImporter } from '../../../formats/logs/libvirt-log.js';
import { type AttachedLog, attachLog, type LogReading } from '../../../launch/attach/log/attach-log.js';
import { mostUnread } from '../../../launch/attach/log/log-tail.js';
import type { Target } from '../../../launch/attach/target.js';
import type { TrafficSink } from '../../../recording/ports.js';
import { executable } from '../../executable.js';
import type { Log } from '../../output/log.js';
import { LineReader } from '../../share/line-reader.js';
import { Skipped } from '../../share/skipped.js';
import { supervise } from '../supervise.js';
import { type AttachFlags, checkLogFlags, logCost } from './attach-flags.js';
import { putBackNews } from './undo.js';

const overs = {
  'daemon ended': "libvirt's daemon has ended, and with it its log; attach again",
  'too much': `more than ${mostUnread >> 20} MiB of libvirt's log lie unread on the disk; it is ended`,
} as const;

/** Records until it is told to end. Gives the exit code. @throws UsageError, OutputError before anything is changed */
export async function attachLogCommand(target: Target, flags: AttachFlags, log: Log): Promise<number> {
  const { libvirt } = target;
  if (libvirt === undefined)
    throw new UsageError({ subject: '--log', reason: 'it is for a libvirt domain', remedy: 'leave it out' });
  checkLogFlags(flags);
  const { daemon, domain } = libvirt;
  const skipped = new Skipped();
  const result = { failed: false };
  let logged = (): number => 0;
  const code = await supervise<AttachedLog>(
    {
      flags,
      label: domain,
      aside: true,
      start: (options) =>
        attachLog({
          ...options,
          daemon,
          agent: flags.agent === true,
          read: (sink) => readingOf(sink, domain, skipped),
          undo: [process.execPath, executable, 'attach', '--undo', '--log', '--connect', daemon.uri],
          onOver: (why) => {
            if (why === 'too much') result.failed = true;
            log.warn(overs[why]);
          },
          onPutBack: (what) => {
            const { text, ok } = putBackNews(what);
            if (ok) log.info(`${text}; ${Math.ceil(logged() / 1000)} kB of log were read`);
            else log.error(text);
            if (!ok) result.failed = true;
          },
        }),
      what: () => `recording what libvirt logs of ${escapeText(domain)}`,
      started: (recorder) => {
        logged = () => recorder.logged;
        log.info(
          `until the end libvirt logs each message of every VM that it runs, and some ${logCost} beside it; what was read is freed`,
        );
        for (const output of recorder.otherOutputs)
          log.warn(`libvirt's own log ${escapeText(output)} gets these lines too, and keeps them`);
      },
    },
    log,
  );
  for (const line of skipped.lines("libvirt's log")) log.warn(line);
  return code === 0 && result.failed ? 1 : code;
}

function readingOf(sink: TrafficSink, machine: string, skipped: Skipped): LogReading {
  const skip = (line: number, why: string): void => {
    skipped.add(line, why);
  };
  const importer = new LibvirtLogImporter({
    ...{ sink, machine, skip },
    source: "libvirt's log",
    started: Date.now() * 1000,
    prompt: true,
  });
  const lines = new LineReader({
    line: (text, number) => {
      importer.line(text, number);
    },
    tooLong: (number) => {
      skip(number, 'a line longer than any message');
    },
  });
  return {
    push: (piece) => {
      lines.push(piece);
    },
    end: () => {
      lines.end();
      importer.end();
    },
  };
}
