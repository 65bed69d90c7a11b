/** Findings as text for people and as lines of JSON. */
import { commandLine } from '../../text/command-line.js';
import { isoTime } from '../../text/time.js';
import { counted, escapeText, formatSeconds } from '../format.js';
import { seconds } from '../rules/rules-text.js';
import { type Level, levels } from '../rules/rule.js';
import type { Finding, NextLook } from './finding.js';

/** A line, and what it is; all is escaped. */
export interface FindingLine {
  readonly style: Level | 'cause' | 'detail' | 'next';
  readonly text: string;
}

/** What a text needs to know besides. */
export interface FindingPlace {
  /** What was read: files and folders, as a shell is given them. */
  readonly sources: readonly string[];
  /** A wall-clock time in microseconds since 1970, as the reader wants it. */
  readonly clock: (time: number) => string;
}

/** A finding in four lines: what, where and when, why, and what to look at. */
export function* findingText(one: Finding, { sources, clock }: FindingPlace): Iterable<FindingLine> {
  const { level, title, cause, at, next } = one;
  yield { style: level, text: `${level.padEnd(7)}  ${escapeText(title)}` };
  if (at !== undefined) {
    const when =
      at.untimed === true
        ? []
        : [clock(at.started + at.t / 1000), `${formatSeconds(at.t)}s after the session began`];
    yield { style: 'detail', text: `         ${[`session ${at.session} #${at.seq}`, ...when].join(' · ')}` };
  }
  yield { style: 'cause', text: `         ${escapeText(cause)}` };
  yield { style: 'next', text: `         ${escapeText(nextCommand(next, sources))}` };
}

/** The command that shows more, to be copied into a shell. */
export function nextCommand({ command, filter }: NextLook, sources: readonly string[]): string {
  return commandLine(['qmptap', command, ...sources, ...(filter === '' ? [] : [filter])]);
}

/** A line of JSON for a finding. */
export function findingJson(one: Finding, sources: readonly string[]): object {
  const { kind, level, at, subject, title, cause, next, seqs, count } = one;
  const timed = at !== undefined && at.untimed !== true;
  return {
    type: 'finding',
    kind,
    level,
    session: at?.session,
    seq: at?.seq,
    t: timed ? seconds(at.t) : undefined,
    time: timed ? isoTime(at.started + at.t / 1000) : undefined,
    subject,
    title,
    cause,
    next: nextCommand(next, sources),
    seqs,
    count,
  };
}

/** How many findings there are; what was looked at. */
export function findingsSummary(found: readonly Finding[], messages: number, sessions: number): string {
  const looked = `${counted(messages, 'message')} in ${counted(sessions, 'session')}`;
  if (found.length === 0) return `nothing found that went wrong: ${looked}`;
  const counts = levels
    .toReversed()
    .map((level) => [found.filter((one) => one.level === level).length, level] as const)
    .filter(([count]) => count > 0)
    .map(([count, level]) => counted(count, level));
  return `${counts.join(', ')} in ${looked}`;
}

/** Whether one of them matters at least so much. */
export function reaches(found: readonly Finding[], level: Level): boolean {
  return found.some((one) => levels.indexOf(one.level) >= levels.indexOf(level));
}
