/** What `qmptap attach` does about what one that was killed has left: a path that is taken, a log of libvirt's. */
import { escapeText } from '../../../inspect/format.js';
import { defaultUri, type LibvirtDaemon, libvirtDaemon } from '../../../launch/attach/libvirt-daemon.js';
import { type NotPutBack, type PutBack, undoLeftLogs } from '../../../launch/attach/log/debug-log.js';
import { findTarget } from '../../../launch/attach/target.js';
import { undoExchange } from '../../../transport/path/exchanged-path.js';
import type { Log } from '../../output/log.js';
import type { AttachFlags } from './attach-flags.js';

const repairs = {
  restored: "the server's socket is in its place again",
  cleaned: 'removed what was left beside it',
} as const;

const outcomes = {
  restored: "libvirt's log filters and outputs are as they were",
  'ours removed':
    "somebody else has changed libvirt's log filters or outputs meanwhile; only what qmptap had added was taken out",
  'daemon ended': "libvirt's daemon has ended, and with it what it was asked to log",
} as const;

/** What became of libvirt's settings, in one line, and whether all is well. */
export function putBackNews(what: PutBack | NotPutBack): { readonly text: string; readonly ok: boolean } {
  if (typeof what === 'string') return { text: outcomes[what], ok: true };
  const byHand = what.commands.length === 0 ? '' : `; by hand: ${what.commands.join(' && ')}`;
  return {
    text: `what libvirt was asked to log cannot be taken back: ${escapeText(what.error.message)}${escapeText(byHand)}`,
    ok: false,
  };
}

/** Undoes it for the daemon, and tells. Gives how much there was; nothing without a daemon. */
export async function undoLeft(daemon: LibvirtDaemon | undefined, log: Log): Promise<number> {
  if (daemon === undefined) return 0;
  const undone = await undoLeftLogs(daemon);
  for (const what of undone) {
    const { text, ok } = putBackNews(what);
    const line = `an attach --log was killed: ${text}`;
    if (ok) log.warn(line);
    else log.error(line);
  }
  return undone.length;
}

/** Repairs what a killed attach has left, and does nothing else. @throws UsageError, ConnectError */
export async function undoCommand(word: string | undefined, flags: AttachFlags, log: Log): Promise<number> {
  const target =
    word === undefined && flags.pid === undefined && flags.log === true
      ? undefined
      : await findTarget({ target: word, ...flags });
  const daemon =
    target === undefined ? await libvirtDaemon(flags.connect ?? defaultUri()) : target.libvirt?.daemon;
  const count = await undoLeft(daemon, log);
  if (flags.log === true && count === 0) log.info("libvirt's log: there is nothing to repair");
  if (flags.log === true) return 0;
  for (const { path } of target?.channels ?? []) {
    const repair = undoExchange(path);
    const what = repair === undefined ? 'there is nothing to repair' : repairs[repair];
    log.info(`${escapeText(path)}: ${what}`);
  }
  return 0;
}
