import { expect, test } from 'vitest';
import { keyOf, stateDifferences, stateValues } from '../../../src/inspect/state/state-values.js';
import { StateTimeline } from '../../../src/inspect/state/timeline.js';
import { exchange, played } from '../../support/conversation.js';

const recording = played([
  ...exchange('blockdev-add', { driver: 'raw', 'node-name': 'a' }),
  ...exchange('blockdev-add', { driver: 'raw', 'node-name': 'b' }),
  ...exchange('blockdev-del', { 'node-name': 'a' }),
  ...exchange('blockdev-reopen', { options: [{ driver: 'qcow2', 'node-name': 'b' }] }),
]);

test('values come by area, thing and the order of the table, with their causes', () => {
  const [known] = new StateTimeline(recording).at(2);
  if (known === undefined) throw new Error('nothing is known');
  expect([...stateValues(known)]).toMatchObject([
    { area: 'node', name: 'a', attribute: undefined, value: true, standing: 'implied', by: { seq: 2 } },
    { area: 'node', name: 'a', attribute: 'driver', value: 'raw', doubt: undefined },
  ]);
});

test('two moments differ in what came, went and changed, not in how well it is known', () => {
  const timeline = new StateTimeline(recording);
  const [[before], [after]] = [timeline.at(4), timeline.at(8)];
  const found = stateDifferences(before, after);
  expect(found.map((one) => [keyOf(one), one.before?.value, one.after?.value])).toEqual([
    [keyOf({ area: 'node', name: 'a', attribute: undefined }), true, undefined],
    [keyOf({ area: 'node', name: 'b', attribute: 'driver' }), 'raw', 'qcow2'],
  ]);
  expect(stateDifferences(undefined, before)).toHaveLength(2);
});
