/** How large a recording may become, and how many may be kept, for those who leave a recorder on. */
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

/** The smallest size at which a new file makes sense: an empty one has a tenth of this. */
export const smallestSize = 1 << 20;
/** Whether several files will come of it: then they are named as a series. */
export function isLimited({ maxSize, maxSessions, keep }: RecordingLimits): boolean {
  return maxSize !== undefined || maxSessions !== undefined || keep !== undefined;
}

/** @throws UsageError for what cannot be a limit */
export function checkLimits(limits: RecordingLimits): void {
  const wrong = (['maxSize', 'maxSessions', 'keep'] as const).find((name) => {
    const value = limits[name];
    return (
      value !== undefined &&
      !(Number.isSafeInteger(value) && value >= (name === 'maxSize' ? smallestSize : 1))
    );
  });
  if (wrong !== undefined)
    throw new UsageError(`${wrong} ${String(limits[wrong])}: not as large as a limit must be`);
}
