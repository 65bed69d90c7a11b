import { describe, expect, test } from 'vitest';
import { checkRules } from '../../../src/inspect/rules/check-rules.js';
import { mutateRules } from '../../../src/inspect/rules/mutate.js';
import {
  caseJson,
  caseTitle,
  momentJson,
  mutationJson,
  mutationText,
  ruleJson,
  rulesSummary,
  ruleText,
  seconds,
} from '../../../src/inspect/rules/rules-text.js';
import { exchange } from '../../support/conversation.js';
import { event } from '../stories/told.js';
import { judged, ruleOf, talk } from './judged.js';

const title = 'the removal of $id was accepted, but DEVICE_DELETED did not come';
const text = 'each cmd:device_del($id) then event:DEVICE_DELETED(device=$id) within 10ms';
const rule = ruleOf(text, { name: 'gone', title, cause: 'The guest\u001b must agree.' });
const del = exchange('device_del', { id: 'a\u001b' });

function lines(...said: Parameters<typeof talk>): string[] {
  const [result] = checkRules(talk(...said), [rule]);
  return Array.from(ruleText(result!), (line) => line.text.trimEnd());
}

describe('ruleText', () => {
  test('a case that failed, and why; escaped', () => {
    expect(lines(del, event('STOP', {}, 34))).toEqual([
      'false  gone  1 failed of 1 case',
      '         session 1 #1  0.001000  the removal of a\\u001b was accepted, but DEVICE_DELETED did not come in 36ms',
      '         The guest\\u001b must agree.',
    ]);
  });

  test('late, open, true', () => {
    expect(lines(del, event('DEVICE_DELETED', { device: 'a\u001b' }, 20))[1]).toContain(
      'did not come in time: it came after 21ms',
    );
    expect(lines(del)[1]).toContain('did not come yet: 2.0ms so far');
    expect(lines(exchange('stop'))).toEqual(['true   gone  nothing that it is about']);
  });

  test('of very many cases some are printed', () => {
    const many = Array.from({ length: 30 }, () => event('A'));
    const all = Array.from(ruleText(judged('never event:A', many)), (line) => line.text);
    expect(all).toHaveLength(22);
    expect(all[21]).toBe('         10 more');
  });

  test.each([
    ['never event:A', 'true   test  nothing that it forbids'],
    ['sometimes event:A', 'false  test  never came'],
    ['sometimes event:B', 'true   test  came 1 time'],
  ])('%s', (written, line) => {
    expect([...ruleText(judged(written, event('B')))][0]?.text).toBe(line);
  });
});

test('a rule without a title is its own', () => {
  const result = judged('never event:A', event('A'));
  expect(caseTitle(result.rule, result.cases[0]!)).toBe("'never event:A' does not hold");
});

test('JSON', () => {
  const [result] = checkRules(talk(del, event('STOP', {}, 34)), [rule]);
  expect(ruleJson(result!)).toEqual({ type: 'rule', rule: 'gone', level: 'error', verdict: 'false', applied: 1, failed: 1, open: 0, notFollowed: undefined, text }); // prettier-ignore
  expect(caseJson(rule, result!.cases[0]!)).toMatchObject({
    type: 'case',
    rule: 'gone',
    outcome: 'missing',
    session: 1,
    seq: 1,
    t: 0.001,
    time: '1970-01-01T00:00:00.001000Z',
    values: { id: 'a\u001b' },
    waited: 0.036,
  });
  expect(momentJson({ session: 1, seq: 2, t: 0, started: 0, untimed: true })).toEqual({ session: 1, seq: 2 });
  expect(seconds(1_500_000_400)).toBe(1.5);
});

test('rulesSummary', () => {
  const results = [
    'never event:A',
    'never event:B',
    'each event:B then event:C',
    'each event:X then event:Y',
  ];
  const recording = talk(event('B'));
  expect(
    rulesSummary(
      checkRules(
        recording,
        results.map((one) => ruleOf(one)),
      ),
    ),
  ).toBe('4 rules: 2 true (2 with nothing that they are about), 1 false, 1 open');
});

test('mutationText and mutationJson', () => {
  const recording = talk(exchange('x'), event('A'));
  const rules = [
    'each cmd:x then response within 5s',
    'never event:A',
    'never event:B',
    'each event:A then event:B',
  ];
  const mutations = mutateRules(
    recording,
    rules.map((one) => ruleOf(one)),
  );
  expect(mutations.map((one) => mutationText(one).text)).toEqual([
    'can fail   test  fails when session 1 #1 x and what follows come later'.replace('#1', '#2'),
    'can fail   test  fails as recorded: session 1 #3',
    'not shown  test  nothing in it is what the rule is about',
    expect.stringMatching(/^not shown {2}test {2}it holds whatever is done to 1 message|^can fail/) as string,
  ]);
  expect(mutationJson(mutations[0]!)).toMatchObject({ type: 'mutation', trips: true, kind: 'delay', seq: 2 });
});
