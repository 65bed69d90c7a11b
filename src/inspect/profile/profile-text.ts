/** Profiles, what a recording has otherwise, and time-outs, as text for people and as data for programs. */
import { tableLines } from '../../text/table.js';
import { counted, escapeText, formatDuration } from '../format.js';
import type { ProfileFinding } from './compare.js';
import { type Profile, sessionStart } from './profile.js';
import type { TimeoutProposal } from './timeouts.js';

const right = 'right' as const;

/** A line of each command, the most frequent first; escaped. */
export function profileLines(profile: Profile): readonly string[] {
  const commands = [...profile.commands].filter(([name]) => name !== sessionStart);
  const rows = commands
    .sort(([, a], [, b]) => b.count - a.count)
    .map(([name, { count, errors, unanswered, shapes }]) => {
      const durations = profile.durations(name);
      const times = [0.5, 0.99, 0.999].map((part) => took(durations.count, durations.quantile(part)));
      const counts = [count, errors || '', unanswered || '', shapes.size].map(String);
      return [escapeText(name), ...counts, ...times, took(durations.count, durations.max)];
    });
  const titles = ['count', 'errors', 'open', 'shapes', 'p50', 'p99', 'p99.9', 'max'];
  return tableLines([{ title: 'command' }, ...titles.map((title) => ({ title, align: right }))], rows);
}

function took(count: number, duration: number): string {
  return count === 0 ? '' : formatDuration(duration);
}

/** `12 commands of 40 sessions in 3 recordings`. */
export function profileSummary({ recordings, sessions, commands }: Profile): string {
  const names = [...commands.keys()].filter((name) => name !== sessionStart).length;
  return `${counted(names, 'command')} of ${counted(sessions, 'session')} in ${counted(recordings, 'recording')}`;
}

/** A line of each time-out; escaped. */
export function timeoutLines(proposals: readonly TimeoutProposal[]): readonly string[] {
  const rows = proposals.map(({ command, timeout, longest, usual, of, unanswered }) => [
    escapeText(command),
    formatDuration(timeout),
    formatDuration(longest),
    formatDuration(usual),
    String(of),
    unanswered === 0 ? '' : String(unanswered),
  ]);
  const titles = ['time-out', 'longest', 'p99.9', 'answered', 'never'];
  return tableLines([{ title: 'command' }, ...titles.map((title) => ({ title, align: right }))], rows);
}

/** What `profile --timeouts --json` prints for one: seconds. */
export function timeoutJson({ command, timeout, longest, usual, of, unanswered }: TimeoutProposal): object {
  const times = { timeout: timeout / 1e9, longest: longest / 1e9, p999: usual / 1e9 };
  return { type: 'timeout', command, ...times, answered: of, unanswered };
}

/** One sentence; escaped. */
export function profileFindingText(finding: ProfileFinding): string {
  const name = escapeText(finding.command);
  const times = finding.count === 1 ? '' : `, ${finding.count} times`;
  switch (finding.kind) {
    case 'command':
      return `${name} was never seen${times}`;
    case 'shape':
      return `${name} was never seen with ${escapeText(finding.shape)}${times}`;
    case 'order': {
      const { before } = finding;
      const place = before === sessionStart ? 'first in a session' : `after ${escapeText(before)}`;
      return `${name} was never seen ${place}${times}`;
    }
    case 'slower': {
      const { worst, usual, longest, of } = finding;
      const long = `p99.9 ${formatDuration(usual)}, longest ${formatDuration(longest)} of ${of}`;
      return `${name} took ${formatDuration(worst)}${times}: ${long}`;
    }
  }
}
