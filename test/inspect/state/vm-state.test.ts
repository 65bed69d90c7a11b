import { expect, test } from 'vitest';
import type { Fact } from '../../../src/inspect/state/fact.js';
import { valueAt, VmState } from '../../../src/inspect/state/vm-state.js';

const fact = (value: boolean | string): Fact => ({
  value,
  basis: 'implied',
  by: { session: 1, seq: 1, index: 1, t: 0, name: 'x' },
  changing: false,
  doubt: undefined,
});

test('a snapshot keeps what was known, whatever comes after it, here and where it is gone on from', () => {
  const state = new VmState();
  state.setExists('node', 'a', fact(true));
  state.setValue('node', 'a', 'driver', fact('raw'));
  const snapshot = state.snapshot();
  expect(state.snapshot()).toBe(snapshot);
  const other = new VmState(snapshot);
  state.setValue('node', 'a', 'driver', fact('qcow2'));
  other.setExists('node', 'a', fact(false));
  expect(valueAt(snapshot.areas.get('node')?.get('a'), 'driver')).toBe('raw');
  expect(valueAt(state.entity('node', 'a'), 'driver')).toBe('qcow2');
  expect(other.names('node')).toEqual([]);
  expect(state.names('node')).toEqual(['a']);
});

test('it is bounded: what is gone makes room first, then the oldest', () => {
  const state = new VmState();
  for (let n = 0; n < 5000; n++) state.setExists('job', `job${n}`, fact(n !== 7));
  state.setExists('job', 'one more', fact(true));
  expect(state.entity('job', 'job7')).toBeUndefined();
  state.setExists('job', 'and another', fact(true));
  expect(state.entity('job', 'job0')).toBeUndefined();
  for (let n = 0; n < 300; n++) state.setValue('job', 'job1', `value${n}`, fact(true));
  expect(state.entity('job', 'job1')?.values.size).toBe(200);
});

test('a value of nothing is not kept', () => {
  const state = new VmState();
  state.setValue('job', 'none', 'status', fact('x'));
  expect(state.entity('job', 'none')).toBeUndefined();
});
