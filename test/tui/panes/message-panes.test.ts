import { describe, expect, test } from 'vitest';
import { MessageView } from '../../../src/inspect/view/view.js';
import { MessagePanes } from '../../../src/tui/panes/message-panes.js';
import { exchange, played } from '../../support/conversation.js';

const reader = played([...exchange('stop', { note: 'needle' }), ['<-', { event: 'STOP' }]]);

function panesAt(index: number): MessagePanes {
  const view = new MessageView(reader, { height: 5, now: () => 0 });
  view.focusOn(index);
  return new MessagePanes(reader, view);
}

describe('MessagePanes', () => {
  test('the keys are with the list until a message is opened, and go round then', () => {
    const panes = panesAt(1);
    panes.turn();
    expect(panes.active).toBe('list');
    panes.open();
    const order = [panes.active];
    for (let turns = 0; turns < 3; turns++) {
      panes.turn();
      order.push(panes.active);
    }
    expect(order).toEqual(['detail', 'other', 'list', 'detail']);
    panes.close();
    expect([panes.active, panes.isOpen]).toEqual(['list', false]);
  });

  test('shows both halves of an exchange', () => {
    for (const [index, other] of [
      [1, 2],
      [2, 1],
      [3, undefined],
    ] as const) {
      const panes = panesAt(index);
      panes.refresh();
      expect(panes.detail.message).toBeUndefined();
      panes.open();
      panes.refresh();
      expect([panes.detail.message?.index, panes.other.message?.index]).toEqual([index, other]);
    }
  });

  test('a late answer belongs to the command of another session', () => {
    const panes = panesAt(1);
    const [first] = reader.messages();
    expect(
      panes.otherHalf({ ...first!, kind: 'success', session: 9, late: { session: 1, seq: 2 } })?.index,
    ).toBe(2);
  });

  test('searches again for the last text, and says when it is not there', () => {
    const panes = panesAt(1);
    panes.open();
    panes.refresh();
    expect(panes.search(1)).toBe('nothing searched yet; / asks for a text');
    expect(panes.search(1, 'needle')).toBe('');
    expect(panes.search(-1)).toBe('');
    expect(panes.search(1, 'hay')).toBe('not in this message: hay');
    expect(panes.search(1)).toBe('not in this message: hay');
  });
});
