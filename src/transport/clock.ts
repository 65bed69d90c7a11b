/** The monotonic clock by which messages are timed and replays are paced: the one place that reads it. */

/**
 * Nanoseconds of a monotonic clock, with a precision of at least a microsecond. Only differences within one
 * thread mean anything.
 */
export function monotonicNow(): number {
  return performance.now() * 1e6;
}
