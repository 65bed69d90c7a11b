import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { rulePack } from '../../../src/inspect/rules/pack.js';
import { parseRules, printRules } from '../../../src/inspect/rules/rules-file.js';
import { ruleOf } from './judged.js';

function refusal(text: string): string {
  try {
    parseRules(text, 'f');
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return 'it is read';
}

describe('parseRules', () => {
  test('YAML and JSON', () => {
    const yaml =
      'rules:\n  - name: a\n    rule: never event:STOP\n    level: note\n    title: t\n    cause: c\n';
    const json =
      '{"rules": [{"name": "a", "rule": "never event:STOP", "level": "note", "title": "t", "cause": "c"}]}';
    const expected = [ruleOf('never event:STOP', { name: 'a', level: 'note', title: 't', cause: 'c' })];
    expect(parseRules(yaml, 'f')).toEqual(expected);
    expect(parseRules(json, 'f')).toEqual(expected);
  });

  test('without a level it is an error', () => {
    expect(parseRules('rules: [{name: a, rule: never event:STOP}]', 'f')[0]?.level).toBe('error');
  });

  test.each([
    ['', 'f:1:1: a file of rules is an object with rules'],
    ['rules: 5', "f:1:8: 'rules' is no list"],
    ['rules: []', 'f:1:8: there are no rules in it'],
    ['{}', "f:1:1: 'rules' is missing; write rules: [...]"],
    ['rule: []', "f:1:1: a file of rules has no 'rule'; did you mean 'rules'?"],
    ['rules: [a]', 'f:1:9: a rule is an object with name, rule, level, title, cause'],
    ['rules: [{rule: never x}]', "f:1:9: a rule's 'name' is missing"],
    ['rules: [{name: a}]', "f:1:9: 'rule' of 'a' is missing"],
    ['rules: [{name: "a b", rule: x}]', "f:1:16: 'a b' is no name; use letters, digits, dots, - and _"],
    ['rules: [{name: 5, rule: x}]', "f:1:16: 'name' is no text"],
    ['rules:\n- {name: a, rule: never x}\n- {name: a, rule: never x}', "f:3:10: a second rule is called 'a'"],
    [
      'rules: [{name: a, rule: never x, level: bad}]',
      "f:1:41: 'bad' is no level; it is note, warning, error",
    ],
    [
      'rules: [{name: a, rule: never x, because: y}]',
      "f:1:34: a rule has no 'because'; did you mean 'cause'?",
    ],
    // The place in the rule is the place in the file.
    ['rules:\n- name: a\n  rule: never foo:x', "f:3:15: no term is called 'foo'; in quotes it is text"],
    ['rules:\n- name: a\n  rule: "never foo:x"', "f:3:16: no term is called 'foo'; in quotes it is text"],
    [
      'rules:\n- name: a\n  rule: >\n    never\n    foo:x',
      "f:3:9: no term is called 'foo'; in quotes it is text",
    ],
  ])('%j is refused with its place', (text, message) => {
    expect(refusal(text)).toBe(message);
  });

  test('more rules than anybody writes are refused', () => {
    const rules = Array.from({ length: 201 }, (_, at) => `{name: r${at}, rule: never x}`);
    expect(refusal(`rules: [${rules.join()}]`)).toBe('f:1:8: more than 200 rules');
  });

  test('any text gives rules or an error', () => {
    const words = fc.constantFrom(
      'rules',
      ':',
      ' ',
      '\n',
      '- ',
      'name: a',
      '\n  rule: ',
      'never x',
      '{',
      '}',
      '[',
      ']',
      '"',
      '&a',
      '*a',
      '|',
      '>',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 30 }), (list) => {
        expect(typeof refusal(list.join(''))).toBe('string');
      }),
    );
  });
});

test('what printRules prints is read as the same rules', () => {
  const rules = [ruleOf('never "a: b"', { name: 'x', title: 'no "quotes" # here' }), ...rulePack()];
  expect(parseRules(printRules(rules), 'f')).toEqual(rules);
});
