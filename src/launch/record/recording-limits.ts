/** How large a recording may become, and how many may be kept: one table for options, flags, help and checks. */
import { UsageError } from '../../errors.js';

/** When to begin a new file, and how many to keep. */
export interface RecordingLimits {
  /** Bytes of a file, with its journal, at which the next session begins a new one; at least a mebibyte. */
  readonly maxSize?: number | undefined;
  /** Sessions in a file, behind which the next one begins a new file. */
  readonly maxSessions?: number | undefined;
  /** How many files of the series there may be; the oldest are removed. */
  readonly keep?: number | undefined;
}

/** The same for all VMs of a host. */
export interface HostLimits extends RecordingLimits {
  /** Bytes that all recordings in the folder may have, with what lies beside them; the oldest are removed. */
  readonly maxTotal?: number | undefined;
}

/** One limit, as it is written in options and on a command line. */
export interface LimitKind {
  readonly name: keyof HostLimits;
  readonly flag: string;
  /** `size`: bytes, which people write as `100M`. */
  readonly unit: 'size' | 'count';
  readonly least: number;
  /** For `--help`. */
  readonly help: string;
}

/** Every limit there is. A file under a mebibyte makes no sense: an empty one has a tenth of that. */
export const limitKinds: readonly (LimitKind & { readonly name: keyof RecordingLimits })[] = [
  {
    name: 'maxSize',
    flag: '--max-size',
    unit: 'size',
    least: 1 << 20,
    help: 'begin a new file with the next session above this size: 100M, 2G',
  },
  {
    name: 'maxSessions',
    flag: '--max-sessions',
    unit: 'count',
    least: 1,
    help: 'begin a new file after this many sessions',
  },
  {
    name: 'keep',
    flag: '--keep',
    unit: 'count',
    least: 1,
    help: 'keep this many files of the series, and remove older ones',
  },
];

/** Those of a host. */
export const hostLimitKinds: readonly LimitKind[] = [
  ...limitKinds,
  {
    name: 'maxTotal',
    flag: '--max-total',
    unit: 'size',
    least: 1 << 20,
    help: 'remove the oldest files, of whatever VM, above this size of all: 50G',
  },
];

/** The limits among other options. */
export function limitsOf(options: RecordingLimits): RecordingLimits {
  const { maxSize, maxSessions, keep } = options;
  return { maxSize, maxSessions, keep };
}

/** The same of a host. */
export function hostLimitsOf(options: HostLimits): HostLimits {
  return { ...limitsOf(options), maxTotal: options.maxTotal };
}

/** Whether several files will come of it: then they are named as a series. */
export function isLimited(limits: RecordingLimits): boolean {
  return limitKinds.some(({ name }) => limits[name] !== undefined);
}

/** @throws UsageError for what cannot be a limit */
export function checkLimits(limits: RecordingLimits): void {
  for (const { name, least } of limitKinds) {
    const value = limits[name];
    if (value === undefined || (Number.isSafeInteger(value) && value >= least)) continue;
    throw new UsageError({
      subject: `${name} ${String(value)}`,
      reason: 'not a whole number in its range',
      remedy: `give a number from ${least}`,
    });
  }
}

/** The limits as flags, for a program that is started with them. */
export function limitArguments(limits: HostLimits): string[] {
  return hostLimitKinds.flatMap(({ name, flag }) => {
    const value = limits[name];
    return value === undefined ? [] : [flag, String(value)];
  });
}
