/** What became of rules, as text for people and as lines of JSON. */
import { counted, escapeText, formatDuration, formatSeconds } from '../format.js';
import { isoTime } from '../../text/time.js';
import type { Moment } from '../stories/story.js';
import type { RuleCase, RuleResult, Verdict } from './cases.js';
import type { Mutation } from './mutate.js';
import type { Rule } from './rule.js';

/** A line, and what it is about; all is escaped. */
export interface RuleLine {
  readonly style: Verdict | 'detail';
  readonly text: string;
}

/** So many cases of a rule are printed for people. */
const maxPrinted = 20;

/** What is wrong in a case, in one sentence; not escaped. */
export function caseTitle({ title, text }: Rule, { outcome, values, waited, by }: RuleCase): string {
  const said = title ?? `'${text}' does not hold`;
  const what = said.replace(/\$([A-Za-z_]\w*)/g, (name, key: string) => values.get(key) ?? name);
  const time = waited === undefined ? undefined : formatDuration(waited);
  switch (outcome) {
    case 'wrong':
      return by === undefined ? what : `${what}: the response was another`;
    case 'late':
      return `${what} in time: ${time === undefined ? 'it came late' : `it came after ${time}`}`;
    case 'missing':
      return time === undefined ? what : `${what} in ${time}`;
    case 'open':
      return time === undefined ? `${what} yet` : `${what} yet: ${time} so far`;
  }
}

/** A rule's verdict and its cases. */
export function* ruleText(result: RuleResult): Iterable<RuleLine> {
  const { rule, verdict, cases } = result;
  yield { style: verdict, text: `${verdict.padEnd(5)}  ${rule.name}  ${told(result)}` };
  const shown = cases.slice(0, maxPrinted);
  for (const one of shown) yield { style: 'detail', text: `         ${caseText(rule, one)}` };
  const more = result.failed + result.open - shown.length;
  if (more > 0) yield { style: 'detail', text: `         ${more} more` };
  if (verdict === 'false' && rule.cause !== undefined)
    yield { style: 'detail', text: `         ${escapeText(rule.cause)}` };
}

/** `session 1 #12  20.430000  what is wrong`. */
export function caseText(rule: Rule, one: RuleCase): string {
  return escapeText([...placeOf(one.at), caseTitle(rule, one)].join('  '));
}

function placeOf(at: Moment | undefined): readonly string[] {
  if (at === undefined) return [];
  return [`session ${at.session} #${at.seq}`, at.untimed === true ? '?' : formatSeconds(at.t)];
}

function told({ rule, applied, failed, open, notFollowed }: RuleResult): string {
  if (rule.demand.form === 'sometimes')
    return applied > 0 ? `came ${counted(applied, 'time')}` : 'never came';
  const parts = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(open > 0 ? [`${open} open`] : []),
    ...(notFollowed > 0 ? [`${notFollowed} not followed, too many were open at once`] : []),
  ];
  if (rule.demand.form === 'never') return parts.join(', ') || 'nothing that it forbids';
  const of = applied === 0 ? 'nothing that it is about' : counted(applied, 'case');
  return parts.length === 0 ? of : `${parts.join(', ')} of ${of}`;
}

/** How many rules held. */
export function rulesSummary(results: readonly RuleResult[]): string {
  const count = (verdict: Verdict): number => results.filter((one) => one.verdict === verdict).length;
  const idle = results.filter(({ verdict, applied }) => verdict === 'true' && applied === 0).length;
  const note = idle === 0 ? '' : ` (${idle} with nothing that they are about)`;
  return `${counted(results.length, 'rule')}: ${count('true')} true${note}, ${count('false')} false, ${count('open')} open`;
}

/** A line of JSON for a rule; its cases have lines of their own. */
export function ruleJson({ rule, verdict, applied, failed, open, notFollowed }: RuleResult): object {
  const { name, text, level } = rule;
  const omitted = notFollowed === 0 ? undefined : notFollowed;
  return { type: 'rule', rule: name, level, verdict, applied, failed, open, notFollowed: omitted, text };
}

/** A line of JSON for a case. */
export function caseJson(rule: Rule, one: RuleCase): object {
  const { outcome, at, values, by, waited } = one;
  return {
    type: 'case',
    rule: rule.name,
    level: rule.level,
    outcome,
    ...(at === undefined ? {} : momentJson(at)),
    title: caseTitle(rule, one),
    values: Object.fromEntries(values),
    by: by === undefined ? undefined : { session: by.session, seq: by.seq },
    waited: waited === undefined ? undefined : seconds(waited),
  };
}

/** Where and when; without times that a log does not tell. */
export function momentJson({ session, seq, t, started, untimed }: Moment): object {
  if (untimed === true) return { session, seq };
  return { session, seq, t: seconds(t), time: isoTime(started + t / 1000) };
}

/** Nanoseconds as seconds, to the microsecond. */
export function seconds(ns: number): number {
  return Math.round(ns / 1000) / 1e6;
}

/** How a rule was made to fail, or that it was not. */
export function mutationText({ rule, kind, of, verdict, concerned }: Mutation): RuleLine {
  const place =
    of === undefined ? '' : `session ${of.session} #${of.seq}${of.name === undefined ? '' : ` ${of.name}`}`;
  const how = {
    recorded: `fails as recorded: ${place || 'what it demands never came'}`,
    drop: `${place} is dropped`,
    delay: `${place} and what follows come later`,
    duplicate: `${place} comes twice`,
    'drop responses': `responses are dropped from ${place} on`,
    'drop all': `${place} and all like it are dropped`,
  };
  if (kind === undefined) {
    const why =
      concerned === 0
        ? 'nothing in it is what the rule is about'
        : `it holds whatever is done to ${counted(concerned, 'message')}`;
    return { style: 'open', text: `not shown  ${rule.name}  ${why}` };
  }
  const becomes = verdict === 'open' ? 'is open when ' : kind === 'recorded' ? '' : 'fails when ';
  return { style: 'true', text: `can fail   ${rule.name}  ${becomes}${escapeText(how[kind])}` };
}

/** A line of JSON for it. */
export function mutationJson({ rule, kind, of, verdict, concerned }: Mutation): object {
  const { session, seq, name } = of ?? {};
  return {
    type: 'mutation',
    rule: rule.name,
    trips: kind !== undefined,
    kind,
    session,
    seq,
    name,
    verdict,
    concerned,
  };
}
