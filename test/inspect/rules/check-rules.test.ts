import { expect, test } from 'vitest';
import { checkRules, contextOf, RuleCheck } from '../../../src/inspect/rules/check-rules.js';
import { played } from '../../support/conversation.js';
import { event } from '../stories/told.js';
import { essence, ruleOf, talk } from './judged.js';

test('judges each rule for itself, in their order', () => {
  const recording = talk(event('A'), event('B'));
  const results = checkRules(recording, [ruleOf('never event:A'), ruleOf('sometimes event:B')]);
  expect(results.map(essence)).toEqual(['false 1, wrong #1', 'true 1']);
});

test('a rule may ask of the session: its label, its file', () => {
  const recording = played({ lines: [event('A')], label: 'web1' });
  const rules = [ruleOf('never label:web*'), ruleOf('never file:memory'), ruleOf('never file:x')];
  expect(checkRules(recording, rules).map(({ verdict }) => verdict)).toEqual(['false', 'false', 'true']);
  const [session] = recording.sessions();
  expect(contextOf({ ...session!, origin: { file: '/x/a.qmptap', session: 2 } }, 'y').file).toBe('a.qmptap');
});

test('of a recording that grows: what fails is told once, and time passes without messages', () => {
  const recording = played({ lines: [event('A')], end: undefined, started: 5_000_000 });
  const check = new RuleCheck(recording, [ruleOf('each event:A then event:B within 1s')]);
  for (const message of recording.messages()) check.take(message);
  check.passed(5_500_000);
  expect(check.fresh()).toEqual([]);
  check.passed(6_500_000);
  expect(check.fresh().map(({ found }) => found.outcome)).toEqual(['missing']);
  expect(check.fresh()).toEqual([]);
  const [result] = check.results(8_000_000);
  expect(essence(result!)).toBe('false 1, missing #1');
  expect(result?.cases[0]?.waited).toBeCloseTo(3e9 - 1e6);
});

test('a session without an end is as old as its last message', () => {
  const recording = played({ lines: [event('A'), event('C', {}, 500)], end: undefined });
  const [result] = checkRules(recording, [ruleOf('each event:A then event:B within 1s')]);
  expect(essence(result!)).toBe('open 1, open #1');
});
