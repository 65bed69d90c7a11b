/** The timers of replays. */
import { monotonicNow } from '../../transport/clock.js';

/** Longer timers fire at once (Node). */
const longestTimer = 2 ** 31 - 1;

/** Calls back about when `monotonicNow` is `at`. May be early by a millisecond, or for far times by weeks: check, and ask again. */
export function wakeAt(at: number, callback: () => void): NodeJS.Timeout {
  const milliseconds = Math.ceil((at - monotonicNow()) / 1e6);
  return setTimeout(callback, Math.min(Math.max(0, milliseconds), longestTimer));
}
