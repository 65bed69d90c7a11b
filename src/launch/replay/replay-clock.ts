/** The clock and the timers of replays. */

/** Nanoseconds of a monotonic clock. */
export function now(): number {
  return Number(process.hrtime.bigint());
}

/** Longer timers fire at once (Node). */
const longestTimer = 2 ** 31 - 1;

/** Calls back about at a time of `now`; it may be sooner, by a millisecond or, for far times, by weeks: ask again. */
export function wakeAt(at: number, callback: () => void): NodeJS.Timeout {
  const milliseconds = Math.ceil((at - now()) / 1e6);
  return setTimeout(callback, Math.min(Math.max(0, milliseconds), longestTimer));
}
