/** What `qmptap attach` does: finds the target, takes its paths, records, and gives them back. */
import { dirname, resolve } from 'node:path';
import { counted, escapeText } from '../../../inspect/format.js';
import { attach, type AttachedRecorder } from '../../../launch/attach/attach.js';
import type { AttachSuccession } from '../../../launch/attach/keep.js';
import { restartCommand, restartDaemon } from '../../../launch/attach/restart-daemon.js';
import { findTarget, type Target } from '../../../launch/attach/target.js';
import { bash } from '../../../launch/emulator/emulator.js';
import { limitArguments, limitsOf } from '../../../launch/record/recording-limits.js';
import { UsageError } from '../../../errors.js';
import { executable } from '../../executable.js';
import type { Log } from '../../output/log.js';
import { supervise } from '../supervise.js';
import type { AttachFlags } from './attach-flags.js';
import { undoLeft } from './undo.js';

/** Why no new client can come. */
const losses = {
  gone: 'its socket was removed',
  replaced: 'another socket is in its place; attach again',
  dead: 'its server has ended',
} as const;

/**
 * Records until it is told to end. Gives the exit code.
 * @throws UsageError, ConnectError, OutputError before anything is changed
 */
export async function attachCommand(word: string | undefined, flags: AttachFlags, log: Log): Promise<number> {
  const target = await findTarget({ target: word, ...flags });
  const { libvirt } = target;
  await undoLeft(libvirt?.daemon, log);
  if (flags.log === true) {
    const { attachLogCommand } = await import('./attach-log.js');
    return attachLogCommand(target, flags, log);
  }
  if (flags.ownMonitor === true) {
    const { attachOwnCommand } = await import('./attach-own.js');
    return attachOwnCommand(target, flags, log);
  }
  if (flags.restartDaemon === true && libvirt === undefined) {
    throw new UsageError({
      subject: '--restart-daemon',
      reason: 'it is for a libvirt domain',
      remedy: 'leave it out; other clients connect again by themselves',
    });
  }
  if (flags.now === true && libvirt !== undefined) {
    throw new UsageError({
      subject: '--now',
      reason: 'it would close the monitor under libvirt, which kills the VM',
      remedy: 'leave it out',
    });
  }
  for (const notice of target.notices) log.warn(escapeText(notice));
  /** Sessions with both sides: a client that only waited is not cut off by the end. */
  const joined = new Set<number | undefined>();
  return supervise<AttachedRecorder>(
    {
      flags,
      label: target.label,
      start: ({ onEvent, ...options }) =>
        attach({
          ...options,
          channels: target.channels,
          pid: target.pid,
          succession: successionBy(flags, log),
          onEvent: (event) => {
            if (event.type === 'joined') joined.add(event.session);
            if (event.type === 'closed') joined.delete(event.session);
            onEvent?.(event);
          },
          onLost: (path, how) => {
            const what = losses[how];
            log.warn(`${escapeText(path)}: ${what}; no new client can come`);
          },
        }),
      what: () => `recording ${escapeText(target.channels.map(({ path }) => path).join(' and '))}`,
      started: () => void comeAnew(target, flags, log),
      beforeEnd: async (recorder) => {
        recorder.detach();
        if (flags.now === true || joined.size === 0) return;
        const waits = `the path is the server's again; ${counted(joined.size, 'session')} go on, recorded to the end`;
        log.info(`${waits}; a second Ctrl-C leaves them to a recorder in the background`);
        await Promise.all([recorder.finished, comeAnew(target, flags, log)]);
      },
    },
    log,
  );
}

/** The successor if this process is killed. Undefined, having said so, where there can be none. */
function successionBy(flags: AttachFlags, log: Log): AttachSuccession | undefined {
  const trouble = (line: string): void => {
    log.warn(escapeText(line));
  };
  try {
    const shell = bash();
    const limits = limitArguments(limitsOf(flags));
    return {
      ...{ shell, needed: executable, trouble },
      successor: (state, path) => [
        ...[
          process.execPath,
          executable,
          'interpose',
          '--recordings',
          dirname(resolve(path)),
          '--shell',
          shell,
        ],
        // It cannot redact, and must not keep what was to be redacted.
        ...[...limits, ...(flags.redact ? ['--unrecorded'] : []), '--take-over', state],
      ],
    };
  } catch (error) {
    trouble(`${(error as Error).message}; a kill -9 of this process closes its sessions`);
    return undefined;
  }
}

/** libvirt keeps its connection: says so, or restarts the daemon. Never rejects. */
async function comeAnew(
  { libvirt }: Target,
  { restartDaemon: wanted }: AttachFlags,
  log: Log,
): Promise<void> {
  if (libvirt === undefined) return;
  const { daemon, domain } = libvirt;
  if (wanted !== true) {
    const how = restartCommand(daemon) ?? `a restart of process ${daemon.pid}`;
    log.info(
      `libvirt keeps the connection that it has until its daemon starts anew, which leaves VMs alone: ${how}, or --restart-daemon`,
    );
    return;
  }
  try {
    const milliseconds = await restartDaemon(daemon, domain);
    log.info(
      `restarted ${daemon.unit?.name ?? 'the daemon'}; libvirt was away for ${(milliseconds / 1000).toFixed(1)} s`,
    );
  } catch (error) {
    log.error(escapeText((error as Error).message));
  }
}
