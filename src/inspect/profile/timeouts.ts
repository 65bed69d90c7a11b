/** Time-outs that would have held in all that a profile has seen. */
import type { Profile } from './profile.js';

/** A time-out for a command. */
export interface TimeoutProposal {
  readonly command: string;
  /** Nanoseconds. */
  readonly timeout: number;
  /** What it is made of: the longest of all, and what all but one in a thousand took at most. */
  readonly longest: number;
  readonly usual: number;
  /** Of how many answered exchanges. */
  readonly of: number;
  /** How many were never answered: no time-out helps those. */
  readonly unanswered: number;
}

/** What people write: seconds of these sizes. */
const sizes = [1, 2, 5, 10, 15, 20, 30, 60, 90, 120, 180, 300, 600, 900, 1800, 3600].map((one) => one * 1e9);

/** Twice the longest that was seen, rounded up to what people write, and never less than a second: the longest first. */
export function proposeTimeouts(profile: Profile): readonly TimeoutProposal[] {
  const proposals = [...profile.commands].flatMap(([command, { unanswered }]) => {
    const durations = profile.durations(command);
    if (durations.count === 0) return [];
    const { max: longest, count: of } = durations;
    return [
      { command, timeout: roundUp(2 * longest), longest, usual: durations.quantile(0.999), of, unanswered },
    ];
  });
  return proposals.sort((a, b) => b.timeout - a.timeout || b.longest - a.longest);
}

function roundUp(wanted: number): number {
  const hour = 3600e9;
  return sizes.find((size) => size >= wanted) ?? Math.ceil(wanted / hour) * hour;
}
