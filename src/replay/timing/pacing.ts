/**
 * Pacing: how much of the recorded time a replay takes. A pace is a speed: 1 as recorded, 10 ten times as fast,
 * infinite without waiting.
 */
import { UsageError } from '../../errors.js';

/** Recorded nanoseconds per replayed nanosecond. */
export type Pace = number;

/** Nothing but causes orders the steps. */
export const asap: Pace = Infinity;

/**
 * Reads `asap`, `recorded` or `xN`, where N may have a fraction: `x0.5` takes twice the time.
 * @throws UsageError
 */
export function parsePace(text: string): Pace {
  if (text === 'asap') return asap;
  if (text === 'recorded') return 1;
  const speed = /^x(\d+(?:\.\d+)?)$/.exec(text)?.[1];
  if (speed === undefined || Number(speed) === 0) {
    throw new UsageError({
      subject: `--pacing ${text}`,
      reason: 'no such pacing',
      remedy: 'it is asap, recorded, or a speed such as x10 or x0.5',
    });
  }
  return Number(speed);
}

/** How long to wait, in nanoseconds, where the recording shows a gap of `gap`. */
export function paced(gap: number, pace: Pace): number {
  return pace === asap ? 0 : gap / pace;
}
