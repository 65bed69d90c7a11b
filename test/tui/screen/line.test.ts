import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cell, cut, drawLine, fitting, lineLength } from '../../../src/tui/screen/line.js';
import { Theme } from '../../../src/tui/screen/theme.js';

const plain = new Theme(false);
const coloured = new Theme(true);

test('a line is exactly as wide as it should be, whatever is in it', () => {
  const text = fc.string({ unit: 'binary', maxLength: 30 });
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), fc.integer({ min: 0, max: 40 }), (texts, width) => {
      const drawn = drawLine({ spans: texts.map((part) => ({ text: part })) }, width, plain);
      expect(drawn).toHaveLength(width);
      expect(drawn).not.toMatch(
        /[\u0000-\u001f\u007f-\u009f\u0300-\u036f\u200b-\u200f\u202a-\u202e\ud800-\udfff\u3000-\u9fff]/,
      );
    }),
    { numRuns: 200 },
  );
});

test('a line tells that it was cut', () => {
  const line = { spans: [{ text: 'abc' }, { text: 'def' }] };
  expect(drawLine(line, 6, plain)).toBe('abcdef');
  expect(drawLine(line, 5, plain)).toBe('abcd…');
  expect(drawLine(line, 3, plain)).toBe('ab…');
  expect(lineLength(line)).toBe(6);
});

test('styles lie over each other, and reach to the edge', () => {
  const line = { spans: [{ text: 'a', style: 'error' as const }], style: 'focus' as const };
  expect(drawLine(line, 2, coloured)).toBe('\u001b[7;31;1ma\u001b[m\u001b[7m \u001b[m');
  expect(drawLine(line, 2, plain)).toBe('\u001b[7;1ma\u001b[m\u001b[7m \u001b[m');
});

test('what a terminal measures differently is escaped; letters are not', () => {
  expect(fitting('żółw Ωμέγα мир')).toBe('żółw Ωμέγα мир');
  expect(fitting('東e\u0301😀')).toBe('\\u6771e\\u0301\\ud83d\\ude00');
  expect(cell('abc', 5, 'right')).toBe('  abc');
  expect(cut('abc', 0)).toBe('');
});
