/** Findings that the rules that ship find: which rule is which kind, and what to look at. */
import type { RuleCase, RuleResult } from '../rules/cases.js';
import type { PackName } from '../rules/pack.js';
import { caseTitle } from '../rules/rules-text.js';
import type { Rule } from '../rules/rule.js';
import { type Finding, finding, type FindingKind, type NextLook } from './finding.js';

/** Rules that are not here are found with more detail by the detectors. */
export const kindsByRule = {
  'removal-finishes': 'removal-unfinished',
  'removal-not-refused': 'removal-refused',
  'job-completed': 'job-not-completed',
  'job-finalized': 'job-not-finalized',
  'job-dismissed': 'job-not-dismissed',
  'job-without-io-error': 'job-io-error',
  'freeze-ends': 'freeze-open',
  'frozen-agent': 'frozen-agent',
  'no-io-error': 'io-error',
  'no-reported-io-error': 'guest-io-error',
  'no-panic': 'guest-panicked',
  'no-watchdog': 'watchdog',
  'powerdown-works': 'powerdown-ignored',
  'dump-ends': 'dump-unfinished',
} as const satisfies Partial<Record<PackName, FindingKind>>;

/** What has waited shorter than this at the end of a recording is no finding: nanoseconds. */
const leastOpen = 1e9;
/** Each case is a finding of its own, up to so many; the rest are counted in the last. */
const mostCases = 5;

/** The findings of one rule. */
export function* ruleFindings({ rule, cases, failed, open }: RuleResult): Iterable<Finding> {
  const kind = Object.hasOwn(kindsByRule, rule.name)
    ? kindsByRule[rule.name as keyof typeof kindsByRule]
    : undefined;
  if (kind === undefined) return;
  const told = cases.filter((one) => one.outcome !== 'open' || (one.waited ?? Infinity) >= leastOpen);
  // What must not be is told once, with all its messages.
  const groups = rule.demand.form === 'each' ? told.map((one) => [one]) : bySubject(told);
  for (const group of groups.slice(0, mostCases)) yield* groupFinding(kind, rule, group);
  const rest = groups.slice(mostCases).flat();
  const more = failed + open - cases.length;
  yield* groupFinding(kind, rule, rest, more);
}

function* groupFinding(
  kind: FindingKind,
  rule: Rule,
  group: readonly RuleCase[],
  more = 0,
): Iterable<Finding> {
  const [first] = group;
  if (first?.at === undefined) return;
  const { session } = first.at;
  const count = group.length + more;
  const seqs = group
    .flatMap(({ at, by }) => [at, by])
    .flatMap((at) => (at?.session === session ? [at.seq] : []))
    .slice(0, 20);
  const [subject] = first.values.values();
  yield finding({
    kind,
    ...(isMild(first) ? { level: 'warning' } : {}),
    at: first.at,
    subject: subject ?? rule.name,
    title: caseTitle(rule, first) + (count > 1 ? `; ${count} times` : ''),
    cause: rule.cause ?? rule.text,
    seqs: [...new Set(seqs)],
    count,
    next: nextOf(rule, first, session),
  });
}

/** It came in the end, or the recording ends before it is late. */
function isMild({ outcome, waited }: RuleCase): boolean {
  return outcome === 'late' || (outcome === 'open' && waited !== undefined);
}

/** Those of the same session and the same values together. */
function bySubject(cases: readonly RuleCase[]): readonly (readonly RuleCase[])[] {
  const groups = new Map<string, RuleCase[]>();
  for (const one of cases) {
    const key = JSON.stringify([one.at?.session, ...one.values]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

function nextOf(rule: Rule, { values, at }: RuleCase, session: number): NextLook {
  const [value] = values.values();
  const from = `session:${session} seq>=${at?.seq ?? 1}`;
  // A job's whole story is told elsewhere already.
  if (rule.name.startsWith('job')) return { command: 'stories', filter: '' };
  const plain = value !== undefined && /^[\w./-]+$/.test(value);
  return { command: 'show', filter: plain ? `${from} "${value}"` : from };
}
