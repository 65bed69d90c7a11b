import { expect, test } from 'vitest';
import { FreshCount } from '../../../src/inspect/view/fresh-count.js';
import { StepSize } from '../../../src/inspect/view/view-step.js';
import type { Condition } from '../../../src/recording/condition.js';
import type { RecordingReader } from '../../../src/recording/ports.js';
import { exchange, played } from '../../support/conversation.js';

const commands: Condition = { op: 'glob', field: 'kind', glob: 'command' };

/** A clock that stands, so that each step is as large as it may be. */
const counting = (reader: RecordingReader, from: number): FreshCount => {
  const fresh = new FreshCount(reader, new StepSize(() => 0));
  fresh.begin(from);
  return fresh;
};

/** Counts to the end; gives how many steps that took. */
function finish(fresh: FreshCount, where: Condition, last: number): number {
  let steps = 0;
  while (steps < 100 && fresh.step(where, last)) steps += 1;
  return steps;
}

const recording = played(Array.from({ length: 1500 }, () => exchange('stop')).flat());

test('counts what matches behind the message that it begins with', () => {
  const fresh = counting(recording, 2990);
  expect(finish(fresh, commands, 3000)).toBe(1);
  expect([fresh.count, fresh.upTo]).toEqual([5, 3000]);
});

test('goes on in steps of at most 500 matches, and counts none of them twice', () => {
  const fresh = counting(recording, 0);
  expect(fresh.step(commands, 3000)).toBe(true);
  expect([fresh.count, fresh.upTo]).toEqual([500, 999]);
  expect(finish(fresh, commands, 3000)).toBe(3);
  expect([fresh.count, fresh.upTo]).toEqual([1500, 3000]);
});

test('a count that is known needs no step', () => {
  const fresh = counting(recording, 2000);
  fresh.add(1000, 3000);
  expect(fresh.step(commands, 3000)).toBe(false);
  expect(fresh.count).toBe(1000);
});

test('stops at 9999, which nobody counts further', () => {
  const fresh = counting(recording, 0);
  fresh.add(9_999, 10);
  expect(fresh.step(commands, 3000)).toBe(false);
  fresh.begin(10);
  expect(fresh.step(commands, 3000)).toBe(true);
});
