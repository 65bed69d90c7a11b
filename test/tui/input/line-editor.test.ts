import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineEditor } from '../../../src/tui/input/line-editor.js';

function typed(...keys: readonly string[]): LineEditor {
  const editor = new LineEditor('', ['old', 'new']);
  for (const key of keys) if (!editor.key(key)) editor.insert(key);
  return editor;
}

describe('a line being typed', () => {
  test.each([
    [['a', 'b', 'left', 'x'], 'axb', 2],
    [['a', 'b', 'home', 'x', 'end', 'y'], 'xaby', 4],
    [['a', 'b', 'backspace'], 'a', 1],
    [['a', 'b', 'left', 'delete'], 'a', 1],
    [['a', 'b', 'left', 'C-u'], 'b', 0],
    [['a', 'b', 'left', 'C-k'], 'a', 1],
    [['cmd:x ', 'abc', 'C-w'], 'cmd:x ', 6],
    [['😀', 'left', 'right', 'backspace'], '', 0],
    [['up'], 'new', 3],
    [['x', 'up', 'up', 'up'], 'old', 3],
    [['x', 'up', 'up', 'down', 'down', 'down'], 'x', 1],
  ])('%j', (keys, text, cursor) => {
    const editor = typed(...keys);
    expect([editor.text, editor.cursor]).toEqual([text, cursor]);
  });

  test('the cursor is always in the text', () => {
    const key = fc.constantFrom(
      'left',
      'right',
      'home',
      'end',
      'backspace',
      'delete',
      'C-w',
      'C-u',
      'up',
      'down',
      'a',
      '😀',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(key, { maxLength: 40 }), (keys) => {
        const { text, cursor } = typed(...keys);
        expect(cursor).toBeGreaterThanOrEqual(0);
        expect(cursor).toBeLessThanOrEqual(text.length);
        expect(encodeURIComponent(text)).toBeDefined(); // throws on half a character
      }),
      { numRuns: 200 },
    );
  });
});
