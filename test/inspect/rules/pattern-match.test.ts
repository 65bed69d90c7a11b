import { expect, test } from 'vitest';
import {
  AlternativeMatch,
  type Heard,
  keyOf,
  PatternMatch,
} from '../../../src/inspect/rules/pattern-match.js';
import { parsePattern, takeCalls } from '../../../src/inspect/rules/parse-pattern.js';
import type { Pattern } from '../../../src/inspect/rules/rule.js';
import { event } from '../stories/told.js';
import { talk } from './judged.js';

function patternOf(text: string): Pattern {
  const taken = takeCalls(text);
  return parsePattern(taken.text, { start: 0, end: taken.text.length }, taken.calls);
}

function heard(data: object): Heard {
  const [message] = talk(event('E', data)).messages();
  if (message === undefined) throw new Error('nothing was said');
  const context = { label: undefined, started: 0, file: undefined, answer: undefined, mark: undefined };
  return { message, at: { session: 1, seq: 1, t: 0, started: 0 }, server: 1, context };
}

function named(text: string, data: object): object | undefined {
  const values = new PatternMatch(patternOf(text)).named(heard(data));
  return values && Object.fromEntries(values);
}

function keys(text: string, data: object, ...names: string[]): string[] {
  const [first] = patternOf(text).alternatives;
  if (first === undefined) throw new Error('no alternative');
  return [...new AlternativeMatch(first).keys(heard(data), names)];
}

test('names values of any kind, as text', () => {
  expect(named('event:E(a=$x, b.c=$y)', { a: 1.5, b: { c: null } })).toEqual({ x: '1.5', y: 'null' });
  expect(named('event:E(a=$x)', { a: '1.5' })).toEqual({ x: '1.5' });
});

test('a message without the member, or with two values for one name, does not match', () => {
  expect(named('event:E(a=$x)', { b: 1 })).toBeUndefined();
  expect(named('event:E(a=$x, b=$x)', { a: 1, b: 2 })).toBeUndefined();
  expect(named('event:E(a=$x, b=$x)', { a: 1, b: 1 })).toEqual({ x: '1' });
  expect(named('event:F(a=$x)', { a: 1 })).toBeUndefined();
});

test('the first alternative that matches names the values', () => {
  expect(named('event:E(a=$x) or event:E(b=$x)', { b: 2 })).toEqual({ x: '2' });
});

test('of several values at a path the first is named, and any is found again', () => {
  expect(named('event:E(list[*]=$x)', { list: ['a', 'b'] })).toEqual({ x: 'a' });
  expect(keys('event:E(list[*]=$x)', { list: ['a', 'b'] }, 'x')).toEqual([keyOf(['a']), keyOf(['b'])]);
});

test('long values and long lists are bounded', () => {
  expect(named('event:E(a=$x)', { a: 'v'.repeat(5000) })).toEqual({ x: 'v'.repeat(1000) });
  const list = Array.from({ length: 3000 }, (_, at) => at);
  expect(keys('event:E(a[*]=$x, b[*]=$y)', { a: list, b: list }, 'x', 'y')).toHaveLength(1000);
});
