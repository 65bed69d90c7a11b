import { describe, expect, test } from 'vitest';
import { TimeAxis } from '../../../src/inspect/stats/samples.js';
import { CommandTally, EventTally, Tallies } from '../../../src/inspect/stats/tallies.js';

describe('Tallies', () => {
  test('the most frequent first, equals by name', () => {
    const tallies = new Tallies(() => ({ count: 0 }));
    for (const name of ['b', 'c', 'a', 'c']) tallies.of(name).count += 1;
    expect(tallies.sorted()).toEqual([
      ['c', { count: 2 }],
      ['a', { count: 1 }],
      ['b', { count: 1 }],
    ]);
  });

  test('is bounded where names are not', () => {
    const tallies = new Tallies(() => ({ count: 0 }));
    for (let each = 0; each < 10_050; each++) tallies.of(`c${each}`).count += 1;
    tallies.of('c1').count += 100;
    expect(tallies.sorted()).toHaveLength(10_001);
    expect(tallies.sorted().slice(0, 2)).toEqual([
      ['c1', { count: 101 }],
      ['(others)', { count: 50 }],
    ]);
  });
});

test('a command without latencies has no percentiles', () => {
  expect(new CommandTally().statistics('stop')).toMatchObject({ name: 'stop', p50: undefined, total: 0 });
});

test('an event has no rate where no time has passed', () => {
  const tally = new EventTally(new TimeAxis(4, 10));
  tally.count = 3;
  tally.line.add(25);
  expect(tally.statistics('STOP', 0, 3)).toMatchObject({ perSecond: 0, overTime: [0, 0, 1] });
  expect(tally.statistics('STOP', 2, 3).perSecond).toBe(1.5);
});
