import { expect, test } from 'vitest';
import { GoalWatch, type Waiting } from '../../../src/inspect/rules/goal-watch.js';
import type { Heard } from '../../../src/inspect/rules/pattern-match.js';
import { parseDemand } from '../../../src/inspect/rules/parse-rule.js';
import { exchange } from '../../support/conversation.js';
import { event } from '../stories/told.js';
import { talk } from './judged.js';

const context = { label: undefined, started: 0, file: undefined, answer: undefined, mark: undefined };

function heardAll(...lines: Parameters<typeof talk>): Heard[] {
  return Array.from(talk(...lines).messages(), (message) => {
    return { message, at: { session: 1, seq: message.seq, t: 0, started: 0 }, server: 1, context };
  });
}

function watchOf(goal: string): GoalWatch<Waiting> {
  const demand = parseDemand(`each cmd:x(a=$a) then ${goal}`);
  if (demand.form !== 'each') throw new Error(demand.form);
  return new GoalWatch(demand.then);
}

function waiting(a: string, seq = 1): Waiting {
  return { at: { session: 1, seq, t: 0, started: 0 }, values: new Map([['a', a]]) };
}

test('finds who waits by the values, until they are removed', () => {
  const watch = watchOf('event:E(a=$a)');
  const [one, two] = [waiting('1'), waiting('2')];
  watch.add(one);
  watch.add(two);
  const [heard] = heardAll(event('E', { a: 2 }));
  expect(watch.arrived(heard!).waiting).toEqual([two]);
  watch.remove(two);
  expect(watch.arrived(heard!).waiting).toEqual([]);
});

test('finds who waits by the command that is answered', () => {
  const watch = watchOf('error');
  const [command, response] = heardAll(exchange('x'));
  const one = waiting('1');
  watch.add(one);
  expect(watch.arrived(command!)).toEqual({ waiting: [], wrong: false });
  expect(watch.arrived(response!)).toEqual({ waiting: [one], wrong: true });
  watch.remove(one);
  expect(watch.arrived(response!).waiting).toEqual([]);
});

test('nothing is awaited: nothing arrives', () => {
  const watch = new GoalWatch<Waiting>(undefined);
  watch.add(waiting('1'));
  expect(watch.arrived(heardAll(event('E'))[0]!).waiting).toEqual([]);
});
