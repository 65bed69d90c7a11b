import { describe, expect, test } from 'vitest';
import type { Mark } from '../../../src/recording/marks.js';
import { MarkList } from '../../../src/tui/panes/mark-list.js';

function listOf(...kept: Mark[]): { list: MarkList; calls: string[] } {
  const calls: string[] = [];
  const list = new MarkList({
    marks: () => kept,
    put: ({ seq, note }) => calls.push(`put ${seq} ${note ?? '-'}`),
    remove: ({ seq }) => calls.push(`remove ${seq}`),
  });
  return { list, calls };
}

const at = (seq: number): { session: number; seq: number } => ({ session: 1, seq });

describe('MarkList', () => {
  test('shows what was kept before', () => {
    const { list } = listOf({ ...at(1), note: undefined }, { ...at(2), note: 'here' });
    expect([1, 2, 3].map((seq) => list.sign(at(seq)))).toEqual(['*', ';', ' ']);
    expect([1, 2, 3].map((seq) => list.noteOf(at(seq)))).toEqual([undefined, 'here', undefined]);
    expect(list.list()).toHaveLength(2);
  });

  test('a mark goes on and off, and is kept', () => {
    const { list, calls } = listOf();
    expect([list.toggle(at(1)), list.sign(at(1))]).toEqual(['marked', '*']);
    expect([list.toggle(at(1)), list.sign(at(1))]).toEqual(['mark taken off', ' ']);
    expect(calls).toEqual(['put 1 -', 'remove 1']);
  });

  test('a note is a mark too: only an empty note takes it off', () => {
    const { list, calls } = listOf();
    list.setNote(at(1), ' why ');
    expect(list.toggle(at(1))).toContain('has a note');
    expect(list.noteOf(at(1))).toBe('why');
    list.setNote(at(1), '  ');
    expect(list.sign(at(1))).toBe(' ');
    expect(calls).toEqual(['put 1 why', 'remove 1']);
  });

  test('says so where marks cannot be kept', () => {
    const list = new MarkList(undefined);
    expect([list.toggle(at(1)), list.sign(at(1))]).toEqual(['marks cannot be kept here', ' ']);
  });
});
