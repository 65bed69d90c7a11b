/**
 * What came of a replay, whichever side was played: the numbers and the divergences, ready to be told
 * or written to a report.
 */
import { accountOf, type Divergence } from './divergence.js';

/** One recorded session as it was replayed to one peer. */
export interface ReplayedSession {
  /** The session's number in the recording. */
  readonly session: number;
  /** Messages of the client that went over the wire as recorded. */
  readonly played: number;
  /** Recorded messages of the client that did not. */
  readonly unused: number;
  /** By command: how often its last answer was given again. */
  readonly repeated: Readonly<Record<string, number>>;
  /** Commands that a real server answered. */
  readonly forwarded: number;
  /** Messages that `--read-only` kept back. */
  readonly skipped: number;
}

/** What came of a replay. */
export interface ReplaySummary {
  /** One for each client that was served, in the order of their beginning. */
  readonly sessions: readonly ReplayedSession[];
  /** How often the replay did not go as recorded; `divergences` holds the first hundred. */
  readonly diverged: number;
  /** The first hundred, in their order. */
  readonly divergences: readonly Divergence[];
}

/** A hundred divergences tell what is wrong. */
const maximumKept = 100;

/** Gathers divergences without growing for ever. */
export class DivergenceList {
  readonly kept: Divergence[] = [];
  count = 0;

  add(found: Divergence): void {
    this.count += 1;
    if (this.kept.length < maximumKept) this.kept.push(found);
  }
}

/** Whose summary it is, for a report. */
export interface ReportHead {
  readonly recording: string;
  readonly role: 'server' | 'client';
}

/** A report as one JSON document. */
export function jsonReport({ recording, role }: ReportHead, summary: ReplaySummary): string {
  const { sessions, diverged, divergences } = summary;
  const outcome = diverged === 0 ? 'as recorded' : 'diverged';
  const told = divergences.map((one) => ({ ...one, account: accountOf(one) }));
  return `${JSON.stringify({ type: 'replay', role, recording, outcome, sessions, diverged, divergences: told }, undefined, 2)}\n`;
}

/**
 * A report as JUnit XML: a suite for each session, in it a test case for what went as recorded, and one
 * that failed for each divergence.
 */
export function junitReport(
  { recording, role }: ReportHead,
  { sessions, divergences }: ReplaySummary,
): string {
  const bySession = new Map<number, { played: number; found: Divergence[] }>();
  for (const { session, played } of sessions) {
    const known = bySession.get(session);
    bySession.set(session, { played: (known?.played ?? 0) + played, found: [] });
  }
  for (const one of divergences) {
    const known = bySession.get(one.session) ?? { played: 0, found: [] };
    bySession.set(one.session, known);
    known.found.push(one);
  }
  const suites = Array.from(bySession, ([session, { played, found }]) => {
    const name = `replay ${role} ${recording} session ${session}`;
    const cases = [
      `    <testcase classname="${escaped(name)}" name="${played} messages as recorded"/>`,
      ...found.map((one) => failedCase(name, one)),
    ];
    const counts = `tests="${found.length + 1}" failures="${found.length}"`;
    return [`  <testsuite name="${escaped(name)}" ${counts}>`, ...cases, '  </testsuite>'].join('\n');
  });
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', ...suites, '</testsuites>', ''].join(
    '\n',
  );
}

function failedCase(suite: string, one: Divergence): string {
  const head = `    <testcase classname="${escaped(suite)}" name="${escaped(one.summary)}">`;
  return `${head}\n      <failure type="${one.kind}">${escaped(accountOf(one))}</failure>\n    </testcase>`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Accounts are ASCII already; a path may hold anything, and XML 1.0 has no way to say control characters. */
function escaped(text: string): string {
  return text
    .replace(/[&<>"]/g, (mark) => entities[mark] ?? mark)
    .replace(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g, '?');
}
