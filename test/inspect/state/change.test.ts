import { expect, test } from 'vitest';
import { Change, type Contradiction } from '../../../src/inspect/state/change.js';
import type { StateCause } from '../../../src/inspect/state/fact.js';
import { VmState } from '../../../src/inspect/state/vm-state.js';

const cause = (index: number): StateCause => ({ session: 1, seq: index, index, t: 0, name: `m${index}` });

/** Changes of messages in turn. */
function told(): { at: (index: number, asked?: number) => Change; found: Contradiction[]; state: VmState } {
  const [state, found]: [VmState, Contradiction[]] = [new VmState(), []];
  const onContradiction = (one: Contradiction): number => found.push(one);
  return {
    found,
    state,
    at: (index, asked = index) => new Change({ state, at: cause(index), asked, onContradiction }),
  };
}

test('what is implied and told otherwise is a contradiction; what is doubtful, changing or respelled is none', () => {
  const { at, found } = told();
  at(1).imply('node', 'a', { driver: 'raw', filename: '/a', 'backing-file': 'x' });
  at(1).imply('chardev', 'c', { 'frontend-open': true });
  at(2).doubt('node', 'a', ['backing-file']);
  at(4, 3).assert('node', 'a', { driver: 'qcow2', filename: '/b', 'backing-file': 'y' });
  at(4, 3).assert('chardev', 'c', { 'frontend-open': false });
  expect(found).toMatchObject([
    {
      area: 'node',
      name: 'a',
      attribute: 'driver',
      implied: 'raw',
      answered: 'qcow2',
      impliedBy: { seq: 1 },
    },
  ]);
});

test('an answer that says nothing of a value contradicts it, and so does one that lists what was removed', () => {
  const { at, found } = told();
  at(1).imply('job', 'j', { error: 'no' });
  at(3, 2).assert('job', 'j', { error: undefined });
  at(4).gone('job', 'j');
  at(6, 5).assert('job', 'j');
  expect(found.map(({ attribute, answered }) => [attribute, answered])).toEqual([
    ['error', undefined],
    [undefined, true],
  ]);
});

test('doubt is of everything, or of what was known before the command', () => {
  const { at, state } = told();
  at(1).assert('run', '', { status: 'paused' });
  at(3).imply('run', '', { running: false });
  expect(at(4, 2).isFresh('run', '', 'running')).toBe(true);
  expect(at(4, 2).isFresh('run', '', 'status')).toBe(false);
  at(4, 2).doubtEverything();
  const values = state.entity('run', '')?.values;
  expect(values?.get('status')?.doubt).toEqual(cause(4));
  expect(values?.get('running')?.doubt).toBeUndefined();
});
