import { beforeEach, describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { MessageView } from '../../src/inspect/view/view.js';
import { Selection } from '../../src/tui/selection.js';
import { exchange, played } from '../support/conversation.js';

const reader = played([...exchange('stop'), ...exchange('cont'), ...exchange('stop')], exchange('stop'));
let view: MessageView;
let selection: Selection;

beforeEach(() => {
  view = new MessageView(reader, { height: 10, now: () => 0 });
  selection = new Selection(view);
});

const shown = (): number[] => {
  selection.apply();
  while (view.work());
  return view.visible().rows.map(({ index }) => index);
};

describe('Selection', () => {
  test('shows what matches the filter in the chosen session', () => {
    selection.setFilter(' cmd:stop ');
    expect(selection.filter).toBe('cmd:stop');
    expect(shown()).toEqual([1, 2, 5, 6, 7, 8]);
    selection.setSession(1);
    expect(shown()).toEqual([1, 2, 5, 6]);
    selection.setFilter('');
    expect(shown()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('the view learns of it when it is applied', () => {
    selection.setFilter('cmd:cont');
    expect(view.where).toEqual({ op: 'all' });
    selection.apply();
    expect(view.where.op).not.toBe('all');
  });

  test('a filter that does not parse changes nothing', () => {
    selection.setFilter('cmd:stop');
    expect(() => { selection.setFilter('cmd:('); }).toThrow(UsageError); // prettier-ignore
    expect(selection.filter).toBe('cmd:stop');
    expect(shown()).toHaveLength(6);
  });

  test('drops the filter first, then the session', () => {
    selection.setFilter('cmd:stop');
    selection.setSession(2);
    expect([selection.drop(), selection.filter, selection.session]).toEqual([true, '', 2]);
    expect([selection.drop(), selection.session, selection.drop()]).toEqual([true, undefined, false]);
  });

  test('the next match: of the filter, or of the one that was dropped, in the whole list', () => {
    expect(selection.next(1)).toBe(false);
    selection.setFilter('kind:command');
    selection.next(1);
    expect(view.focused?.index).toBe(3);
    selection.drop();
    selection.next(1);
    while (view.work());
    expect(view.focused?.index).toBe(5);
    selection.next(-1);
    while (view.work());
    expect(view.focused?.index).toBe(3);
  });
});
