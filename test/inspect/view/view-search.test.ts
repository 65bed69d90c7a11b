import { describe, expect, test } from 'vitest';
import { ViewSearch } from '../../../src/inspect/view/view-search.js';
import { StepSize } from '../../../src/inspect/view/view-step.js';
import type { Condition } from '../../../src/recording/condition.js';
import { exchange, played } from '../../support/conversation.js';

const count = 2000;
const lines = Array.from({ length: count / 2 }, (_, at) => exchange(at % 300 === 0 ? 'stop' : 'cont')).flat();
const recording = played(lines);
const stop: Condition = { op: 'glob', field: 'cmd', glob: 'stop' };

/** The index that is found (null: none), and after how many steps. A slow clock keeps the steps short. */
function found(where: Condition, direction: 1 | -1, from: number): [index: number | null, steps: number] {
  let now = 0;
  const pace = new StepSize(() => (now += 20));
  for (let times = 0; times < 10; times++) pace.take(() => undefined);
  const search = new ViewSearch(recording, pace, { where, direction, from });
  let steps = 1;
  let message = search.step(count);
  for (; message === undefined && steps < 100; steps++) message = search.step(count);
  return [message?.index ?? null, steps];
}

describe('ViewSearch', () => {
  test('finds the next match in its direction, not the one that it begins with', () => {
    expect(found({ op: 'and', of: [stop, { op: 'glob', field: 'kind', glob: 'command' }] }, 1, 1)[0]).toBe(
      601,
    );
    expect(found(stop, 1, 600)[0]).toBe(601);
    expect(found(stop, -1, 601)[0]).toBe(2);
    expect(found(stop, -1, 2)[0]).toBe(1);
  });

  test('says that there is none, up to the last and down to the first message', () => {
    const none: Condition = { op: 'glob', field: 'cmd', glob: 'no' };
    expect(found(none, 1, 1)).toEqual([null, 8]);
    expect(found(none, -1, count)).toEqual([null, 8]);
    expect(found(stop, 1, count)[0]).toBeNull();
    expect(found(stop, -1, 1)[0]).toBeNull();
  });

  test('reads a long stretch in several steps', () => {
    expect(found(stop, 1, 2)[1]).toBeGreaterThan(2);
  });
});
