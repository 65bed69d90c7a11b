import { expect, test } from 'vitest';
import { collectContradictions, StateTimeline } from '../../../src/inspect/state/timeline.js';
import { exchange, type Line, played } from '../../support/conversation.js';
import { known } from './known.js';

const status = (running: boolean): Line[] => exchange('query-status', undefined, { running });
/** More than are between two states that are kept. */
const many = Array.from({ length: 1500 }, (_, at) => status(at % 3 === 0)).flat();

test('any moment is the same whether it is the first that is asked for or comes after others', () => {
  const recording = played(many);
  const timeline = new StateTimeline(recording);
  const running = (index: number): unknown =>
    timeline.at(index)[0]?.state.areas.get('run')?.get('')?.values.get('running')?.value;
  for (const index of [2999, 14, 1514, 1515, 1516, 20, 3000, 2]) {
    expect(`${String(running(index))} asserted`).toBe(
      known(recording, index)['run running']?.replace(/ #.*/, ''),
    );
  }
});

test('before anything is said nothing is known; a session that is not there has no VM', () => {
  const timeline = new StateTimeline(played(many.slice(0, 4)));
  expect(timeline.at(0)).toEqual([]);
  expect(timeline.vmOf(1)?.number).toBe(1);
  expect(timeline.vmOf(2)).toBeUndefined();
});

test('reads on in steps, and collects contradictions once', () => {
  const recording = played([['<-', { event: 'RESUME' }], ...status(false)]);
  const timeline = new StateTimeline(recording);
  timeline.at(recording.count());
  timeline.at(1);
  timeline.at(3);
  expect(timeline.readOn(10)).toBe(false);
  expect(timeline.read).toBe(3);
  expect(timeline.contradictions).toEqual(collectContradictions(recording));
  expect(timeline.contradictions).toHaveLength(2);
});
