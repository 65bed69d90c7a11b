import { describe, expect, test } from 'vitest';
import { StatePane } from '../../../src/tui/panes/state-pane.js';
import { exchange, type Line, played } from '../../support/conversation.js';
import { textOf } from '../../support/scene.js';

const lines: Line[] = [
  ...exchange('query-status', undefined, { status: 'running', running: true }),
  ['<-', { event: 'STOP' }],
  ...exchange('device_add', { driver: 'x', id: 'n\u001b0' }),
];
const reader = played(lines);
const opened = (): StatePane => {
  const pane = new StatePane(reader);
  pane.turn();
  return pane;
};
const at = (seq: number): { index: number; session: number; seq: number } => ({
  index: seq,
  session: 1,
  seq,
});
const drawn = (pane: StatePane, seq: number, height = 12): string[] => {
  return pane.draw(at(seq), 40, height).map(textOf);
};

describe('what was known, beside the list', () => {
  test('reads the recording in steps once it is open', () => {
    const pane = new StatePane(reader);
    expect(pane.work()).toBe(false);
    expect(pane.draw(at(2), 40, 3).map(textOf)).toEqual([' state  = asserted  ~ implied  ? stale', '', '']);
    pane.turn();
    expect(drawn(pane, 2)[1]).toBe(' 0 of 2 messages read…');
    expect(pane.work()).toBe(true);
    expect(pane.work()).toBe(false);
    expect(drawn(pane, 2)[1]).toBe(' VM at unix:/server');
    pane.turn();
    expect([pane.isOpen, pane.work()]).toEqual([false, false]);
  });

  test('moves with the focused message, whose doing stands out', () => {
    const pane = opened();
    pane.work();
    expect(drawn(pane, 1).slice(1, 3)).toEqual([' VM at unix:/server', ' nothing is known yet']);
    expect(drawn(pane, 3).slice(2, 5)).toEqual([
      ' run state',
      ' ?   status running                   #2',
      ' ~   running false                  * #3',
    ]);
    expect(drawn(pane, 5).slice(5, 8)).toEqual([
      ' devices',
      ' ~ n\\u001b0                         * #5',
      ' ~   driver x                       * #5',
    ]);
  });

  test('scrolls where there is more than fits', () => {
    const pane = opened();
    pane.work();
    expect(drawn(pane, 5, 4)[3]).toBe(' 5 lines more: < and > scroll');
    pane.scroll(1);
    pane.scroll(1);
    pane.scroll(1);
    pane.scroll(1);
    expect(drawn(pane, 5, 4)[3]).toBe(' ~   driver x                       * #5');
    pane.scroll(-1);
    expect(drawn(pane, 5, 4)[3]).toContain('lines more');
    expect(pane.draw(undefined, 40, 0)).toEqual([]);
  });
});
