/** The flags of `qmptap attach`, and which make no sense together. */
import { UsageError } from '../../../errors.js';
import type { RecorderFlags } from '../supervise.js';

export interface AttachFlags extends RecorderFlags {
  pid?: number;
  connect?: string;
  agent?: boolean;
  restartDaemon?: boolean;
  log?: boolean;
  now?: boolean;
  undo?: boolean;
}

/** Flags that mean nothing to a log, and why. */
const senseless: readonly (readonly [keyof AttachFlags, flag: string, reason: string])[] = [
  ['restartDaemon', '--restart-daemon', 'a daemon that starts anew forgets what it was asked to log'],
  ['now', '--now', 'no session runs through qmptap'],
  ['durable', '--durable', 'no message waits for qmptap'],
  ['allowSend', '--allow-send', 'a log takes no commands'],
  ['dialect', '--dialect', 'the log tells it'],
];

/** @throws UsageError for a flag that `--log` leaves without a meaning */
export function checkLogFlags(flags: AttachFlags): void {
  for (const [name, flag, reason] of senseless) {
    if (flags[name] === true || typeof flags[name] === 'string')
      throw new UsageError({ subject: `--log and ${flag}`, reason, remedy: `leave out ${flag}` });
  }
}
