/** The flags of `qmptap attach`, and which make no sense together. */
import { UsageError } from '../../../errors.js';
import type { RecorderFlags } from '../supervise.js';

export interface AttachFlags extends RecorderFlags {
  pid?: number;
  connect?: string;
  agent?: boolean;
  restartDaemon?: boolean;
  log?: boolean;
  ownMonitor?: boolean;
  now?: boolean;
  undo?: boolean;
}

/** What libvirt's log takes beside each message: two lines for a command, one for an answer or an event. Measured with 9.0. */
export const logCost = '0.3 kB';

/** A flag that makes no sense beside another, and why. */
type Senseless = readonly [keyof AttachFlags, flag: string, reason: string];

const withLog: readonly Senseless[] = [
  ['ownMonitor', '--own-monitor', 'they are two ways to record'],
  ['restartDaemon', '--restart-daemon', 'a daemon that starts anew forgets what it was asked to log'],
  ['now', '--now', 'no session runs through qmptap'],
  ['durable', '--durable', 'no message waits for qmptap'],
  ['allowSend', '--allow-send', 'a log takes no commands'],
  ['dialect', '--dialect', 'the log tells it'],
];

const withOwnMonitor: readonly Senseless[] = [
  ['restartDaemon', '--restart-daemon', "libvirt's own connection is not recorded"],
  ['now', '--now', 'no session but our own runs through qmptap'],
  ['agent', '--agent', 'it is a monitor'],
  ['dialect', '--dialect', 'it is a monitor'],
];

/** @throws UsageError for a flag that `--log` leaves without a meaning */
export function checkLogFlags(flags: AttachFlags): void {
  check('--log', withLog, flags);
}

/** @throws UsageError for a flag that `--own-monitor` leaves without a meaning */
export function checkOwnMonitorFlags(flags: AttachFlags): void {
  check('--own-monitor', withOwnMonitor, flags);
}

function check(beside: string, senseless: readonly Senseless[], flags: AttachFlags): void {
  for (const [name, flag, reason] of senseless) {
    if (flags[name] === true || typeof flags[name] === 'string')
      throw new UsageError({ subject: `${beside} and ${flag}`, reason, remedy: `leave out ${flag}` });
  }
}
