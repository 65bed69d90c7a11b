import { describe, expect, test } from 'vitest';
import { sparkline, tableLines } from '../../src/text/table.js';

test('tableLines aligns columns', () => {
  expect(
    tableLines(
      [{ title: 'name' }, { title: 'n', align: 'right' }, { title: 'x' }],
      [
        ['a', '10', ''],
        ['longer', '2', 'y'],
      ],
    ),
  ).toEqual(['name     n  x', 'a       10', 'longer   2  y']);
});

describe('sparkline', () => {
  test('never hides a count', () => {
    expect(sparkline([0, 1, 100, 50])).toBe(' ▁█▄');
  });

  test('of nothing is blank', () => {
    expect(sparkline([0, 0])).toBe('  ');
    expect(sparkline([])).toBe('');
  });
});
