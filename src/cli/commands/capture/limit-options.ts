/** The flags that bound a recorder which is left on, the same wherever a recorder is started. */
import type { Command } from 'commander';
import { UsageError } from '../../../errors.js';
import { type LimitKind, limitKinds } from '../../../launch/record/recording-limits.js';
import { numberFromOne } from '../values.js';

/** Adds the flags; they give `RecordingLimits`. */
export function addLimitOptions(command: Command, kinds: readonly LimitKind[] = limitKinds): Command {
  for (const kind of kinds) {
    const value = kind.unit === 'size' ? 'size' : 'n';
    command.option(`${kind.flag} <${value}>`, kind.help, kind.unit === 'size' ? size(kind) : count(kind));
  }
  return command;
}

const units: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

function size({ flag, least }: LimitKind): (text: string) => number {
  return (text) => {
    const [, amount, unit = ''] = /^(\d{1,15}(?:\.\d{1,3})?) ?([kmgt]?)(?:i?b)?$/i.exec(text) ?? [];
    const bytes = Math.round(Number(amount) * (units[unit.toLowerCase()] ?? NaN));
    if (Number.isSafeInteger(bytes) && bytes >= least) return bytes;
    throw new UsageError({
      subject: `${flag} ${text}`,
      reason: Number.isNaN(bytes) ? 'not a size' : 'a file holds at least 1M and at most 8000T',
      remedy: 'write 100M or 2G, for example',
    });
  };
}

function count({ flag }: LimitKind): (text: string) => number {
  return (text) => numberFromOne(flag, text, 'write 10, for example');
}
