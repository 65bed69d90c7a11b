import { expect, test } from 'vitest';
import { AlwaysCourse } from '../../../src/inspect/rules/always-course.js';
import { parseDemand } from '../../../src/inspect/rules/parse-rule.js';
import { exchange } from '../../support/conversation.js';
import { command, event, refused } from '../stories/told.js';
import { essence, judged, judgedSessions } from './judged.js';

test('from the beginning of each session', () => {
  const text = 'always event:A until event:B';
  expect(essence(judged(text, event('A'), event('B'), event('C')))).toBe('true 1');
  expect(essence(judged(text, event('A'), event('C'), event('B')))).toBe('false 2, wrong #2');
  expect(essence(judged(text, event('A')))).toBe('open 1, open #1');
  const one = { lines: [event('A'), event('B')] };
  expect(essence(judgedSessions(text, one, { ...one, started: 1e6 }))).toBe('true 2');
});

test('without an end it lasts as long as the recording', () => {
  expect(essence(judged('always kind:event', event('A'), event('B')))).toBe('true 2');
  expect(essence(judged('always event:A', event('A'), event('B')))).toBe('false 2, wrong #2');
});

test('after each of certain messages, until the response or another message', () => {
  const frozen = 'each cmd:freeze always not cmd:write until cmd:thaw';
  const write = exchange('write');
  expect(essence(judged(frozen, write, exchange('freeze'), exchange('thaw'), write))).toBe('true 1');
  expect(essence(judged(frozen, exchange('freeze'), write, exchange('thaw')))).toBe('false 3, wrong #3');
  expect(essence(judged(frozen, exchange('freeze')))).toBe('open 1, open #1');
  const asked = 'each cmd:x always event:A until response';
  expect(essence(judged(asked, command('x', {}), event('B'), refused('no')))).toBe('false 1, wrong #2');
  const wanted = 'each cmd:x always event:A until success';
  expect(essence(judged(wanted, command('x', {}), refused('no')))).toBe('false 1, wrong #2, open #1');
  const again = [exchange('freeze'), write, exchange('thaw'), exchange('freeze'), write, exchange('thaw')];
  expect(judged(frozen, ...again).failed).toBe(2);
});

test('no time is awaited', () => {
  const demand = parseDemand('always kind:event');
  if (demand.form !== 'always') throw new Error(demand.form);
  const course = new AlwaysCourse(demand);
  course.passed();
  expect(course.cases.fresh()).toEqual([]);
});
