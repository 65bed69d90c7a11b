/** Rules judged over conversations. */
import { checkRules } from '../../../src/inspect/rules/check-rules.js';
import type { RuleCase, RuleResult } from '../../../src/inspect/rules/cases.js';
import { parseDemand } from '../../../src/inspect/rules/parse-rule.js';
import type { Rule } from '../../../src/inspect/rules/rule.js';
import type { MemoryRecording } from '../../../src/recording/memory.js';
import { type Conversation, type Line, played } from '../../support/conversation.js';

export function ruleOf(text: string, more: Partial<Rule> = {}): Rule {
  return {
    name: 'test',
    text,
    demand: parseDemand(text),
    level: 'error',
    title: undefined,
    cause: undefined,
    ...more,
  };
}

/** One session that ends 1 ms after its last line; lines and lists of lines. */
export function talk(...lines: (Line | readonly Line[])[]): MemoryRecording {
  return played({ lines: lines.flatMap((line) => (typeof line[0] === 'string' ? [line as Line] : (line as Line[]))), endAfter: 1 }); // prettier-ignore
}

export function judged(text: string, ...lines: (Line | readonly Line[])[]): RuleResult {
  return resultOf(text, talk(...lines));
}

export function judgedSessions(text: string, ...sessions: readonly Conversation[]): RuleResult {
  return resultOf(text, played(...sessions));
}

export function resultOf(text: string, recording: MemoryRecording): RuleResult {
  const [result] = checkRules(recording, [ruleOf(text)]);
  if (result === undefined) throw new Error('a rule without a result');
  return result;
}

/** `late #3 id=a by #5`. */
export function told({ outcome, at, values, by }: RuleCase): string {
  const named = [...values].map(([name, value]) => ` ${name}=${value}`).join('');
  return `${outcome}${at === undefined ? '' : ` #${at.seq}`}${named}${by === undefined ? '' : ` by #${by.seq}`}`;
}

/** The verdict, how often it applied, and each case. */
export function essence(result: RuleResult): string {
  return [`${result.verdict} ${result.applied}`, ...result.cases.map(told)].join(', ');
}
