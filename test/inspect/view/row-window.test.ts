import { describe, expect, test } from 'vitest';
import { parseFilter } from '../../../src/inspect/filter/filter.js';
import { RowWindow } from '../../../src/inspect/view/row-window.js';
import { StepSize } from '../../../src/inspect/view/view-step.js';
import type { RecordingReader } from '../../../src/recording/ports.js';
import { exchange, played } from '../../support/conversation.js';

const height = 10;
/** A clock that stands, so that each step is as large as it may be. */
const opened = (reader: RecordingReader): RowWindow => new RowWindow(reader, new StepSize(() => 0), height);

/** Reads until nothing is missing; gives how often it read. */
function filled(window: RowWindow): number {
  let steps = 0;
  for (let need = window.need(); need !== undefined; need = window.need()) {
    window.fill(need);
    steps += 1;
  }
  return steps;
}

const indexes = (window: RowWindow): number[] => window.visible().rows.map(({ index }) => index);
const recording = played(Array.from({ length: 500 }, () => exchange('stop')).flat());

describe('RowWindow', () => {
  test('shows the first rows, and reads no more than a few screens', () => {
    const window = opened(recording);
    window.reset(1);
    expect(filled(window)).toBeLessThan(5);
    expect(indexes(window)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(window.visible().focus).toBe(0);
    expect(window.distanceTo(9)).toBe(9);
    expect(window.focusOn(900)).toBe(false);
  });

  test('is read on at its edges, and forgets what is far', () => {
    const window = opened(recording);
    window.reset(1);
    filled(window);
    for (let moved = 0; moved < 200;) {
      moved += window.moveFocus(1);
      window.settle();
      filled(window);
    }
    expect(window.focused?.index).toBe(201);
    expect(window.focusOn(201)).toBe(true);
    expect(window.focusOn(1)).toBe(false);
  });

  test('begins where it is told, and shows a whole screen at the end', () => {
    const window = opened(recording);
    window.reset(1001);
    filled(window);
    expect(indexes(window)).toEqual([991, 992, 993, 994, 995, 996, 997, 998, 999, 1000]);
    expect(window.focused?.index).toBe(1000);
    expect(window.extend(1)).toBeUndefined();
  });

  test('holds what matches, and knows where it is if nothing does', () => {
    const window = opened(recording);
    window.where = parseFilter('kind:event');
    window.reset(7);
    filled(window);
    expect(window.visible()).toEqual({ rows: [], focus: -1 });
    expect(window.distanceTo(0)).toBeUndefined();
    expect(window.moveFocus(3)).toBe(0);
  });
});
