import { describe, expect, test } from 'vitest';
import { InputRouter } from '../../../src/tui/input/input-router.js';
import { drawFrame, type FrameState, paneAt } from '../../../src/tui/screen/frame.js';
import { Theme } from '../../../src/tui/screen/theme.js';
import { exchange, played } from '../../support/conversation.js';

const reader = played(Array.from({ length: 20 }, () => exchange('stop')).flat());
const theme = new Theme(false);

/** What is on a screen of that size after these keys. */
function after(width: number, height: number, ...keys: string[]): FrameState {
  const nothing = { copy: () => true, quit: () => undefined, changed: () => undefined };
  const keep = {
    marks: () => [{ session: 1, seq: 2, note: 'why' }],
    put: () => undefined,
    remove: () => undefined,
  };
  const router = new InputRouter({ reader, marks: keep }, nothing);
  for (const key of keys) router.key(key, key.length === 1 ? key : undefined);
  return router.state(width, height);
}
const drawn = (state: FrameState): string[] =>
  drawFrame(state, theme).lines.map((line) => line.replace(/\u001b\[[\d;]*m/g, ''));

describe('drawFrame', () => {
  test.each([
    [80, 24],
    [200, 60],
    [40, 10],
    [100, 6],
  ])('fills %i by %i, whatever is open', (width, height) => {
    for (const keys of [[], ['enter'], ['s'], ['?'], ['/'], ['enter', 'tab'], ['v'], ['v', 'enter']]) {
      const lines = drawn(after(width, height, ...keys));
      expect(lines).toHaveLength(height);
      expect(lines.filter((line) => line.length !== width)).toEqual([]);
    }
  });

  test('title, heading, messages, status, keys', () => {
    const lines = drawn(after(80, 10));
    expect(lines[0]).toMatch(/^ qmptap /);
    expect(lines[1]).toMatch(/time dir {2}what/);
    expect(lines[2]).toContain('-> C stop');
    expect(lines[8]).toContain('nothing pending');
    expect(lines[9]).toMatch(/Enter open .*Q quit/);
  });

  test('what was known stands beside the list, and takes no clicks', () => {
    const state = after(120, 12, 'v');
    expect(drawn(state)[1]).toContain('state  = asserted');
    expect(drawn(after(120, 12, 'v', 'v'))[1]).not.toContain('asserted');
    expect([paneAt(state, 3, 10), paneAt(state, 3, 100)]).toEqual([{ pane: 'list', row: 1 }, undefined]);
  });

  test('both halves of an exchange stand side by side where there is room', () => {
    expect(drawn(after(120, 20, 'enter')).some((line) => /execute: .*\|.*return/.test(line))).toBe(true);
    expect(drawn(after(90, 20, 'enter')).some((line) => line.includes('return'))).toBe(false);
    expect(drawn(after(90, 20, 'enter', 'tab')).some((line) => line.includes('return'))).toBe(true);
  });

  test('the last line: a notice, a note, or keys as many as fit', () => {
    expect(drawn(after(80, 10, 'n')).at(-1)).toContain('no filter yet');
    expect(drawn(after(80, 10, 'j')).at(-1)).toContain('note: why');
    expect(drawn(after(40, 10)).at(-1)?.trimEnd()).toBe(' Enter open  ? all keys  Q quit');
    expect(drawn(after(80, 10, 'enter')).at(-1)).toContain('Esc back');
  });

  test('a prompt has the last line and the cursor', () => {
    const frame = drawFrame(after(80, 10, '/', 'a', 'b'), theme);
    expect(frame.lines.at(-1)).toMatch(/^\/ab/);
    expect(frame.cursor).toEqual({ row: 9, column: 3 });
    expect(drawFrame(after(80, 10), theme).cursor).toBeUndefined();
  });
});

test('what lies where on the screen', () => {
  const closed = after(80, 14);
  expect([0, 1, 2, 11, 12].map((row) => paneAt(closed, row, 0))).toEqual([
    undefined,
    undefined,
    { pane: 'list', row: 0 },
    { pane: 'list', row: 9 },
    undefined,
  ]);
  const open = after(120, 24, 'enter');
  expect(paneAt(open, 9, 5)).toBeUndefined();
  expect([5, 90].map((column) => paneAt(open, 10, column))).toEqual([
    { pane: 'detail', row: 0 },
    { pane: 'other', row: 0 },
  ]);
  expect(paneAt(after(80, 24, 'enter', 'tab'), 10, 5)).toEqual({ pane: 'other', row: 0 });
  const page = after(80, 14, 's');
  expect([2, 3].map((row) => paneAt(page, row, 0))).toEqual([undefined, { pane: 'list', row: 0 }]);
});
