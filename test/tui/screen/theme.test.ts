import { expect, test } from 'vitest';
import { Theme, wantsColour } from '../../../src/tui/screen/theme.js';

test('all styles of a text at once, and plain after it', () => {
  const theme = new Theme(true);
  expect(theme.paint('x', 'error', undefined, 'focus')).toBe('\u001b[31;1;7mx\u001b[m');
  expect(theme.paint('x')).toBe('x');
});

test('without colour, what matters is still bold or inverse', () => {
  const theme = new Theme(false);
  expect(theme.paint('x', 'error')).toBe('\u001b[1mx\u001b[m');
  expect(theme.paint('x', 'focus')).toBe('\u001b[7mx\u001b[m');
  expect(theme.paint('x', 'success')).toBe('x');
  for (const style of ['error', 'malformed', 'slow', 'focus', 'warning'] as const) {
    expect(theme.paint('x', style)).not.toMatch(/\u001b\[[\d;]*[39][0-7]/);
  }
});

test('colour is left out where it is not wanted', () => {
  expect(wantsColour({ TERM: 'xterm' })).toBe(true);
  expect(wantsColour({ TERM: 'xterm', NO_COLOR: '1' })).toBe(false);
  expect(wantsColour({ TERM: 'xterm', NO_COLOR: '' })).toBe(true);
  expect(wantsColour({ TERM: 'vt100' })).toBe(false);
  expect(wantsColour({ TERM: 'dumb' })).toBe(false);
});
