import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completeFilter } from '../../../src/inspect/filter/complete.js';
import { filterText } from './texts.js';

const names = {
  commands: ['query-status', 'query-cpus-fast', 'device_add'],
  events: new Set(['STOP', 'BLOCK_JOB_READY']),
  labels: ['web 1', 'web"2'],
};
const offered = (text: string, column = text.length): readonly string[] =>
  completeFilter(text, column, names).items.map((item) => item.text);

describe('completeFilter', () => {
  test('offers keys, and words that stand alone', () => {
    expect(offered('c')).toEqual(['cmd:', 'class:']);
    expect(offered('kind:error d')).toEqual(['dir:', 'data:', 'dur>']);
    expect(offered('n')).toEqual(['note:', 'not']);
    expect(offered('(p')).toEqual(['pending']);
    expect(offered('')).toContain('arg:');
  });

  test("offers the recording's names after a key", () => {
    expect(offered('cmd:query')).toEqual(['query-cpus-fast', 'query-status']);
    expect(offered('event:')).toEqual(['BLOCK_JOB_READY', 'STOP']);
    expect(offered('kind:s')).toEqual(['success', 'sync']);
    expect(offered('label:w')).toEqual(['"web 1"', '"web\\"2"']);
  });

  test('says what it takes the place of', () => {
    expect(completeFilter('not cmd:dev x', 11, names)).toEqual({
      from: 8,
      to: 11,
      items: [{ text: 'device_add', help: '' }],
    });
  });

  test.each(['"c', 'x "cmd:q', '/c', '/x/i', 'label:"w', 'nothing:x', 'cmd:query-status'])(
    'is silent in %s',
    (text) => {
      expect(offered(text)).toEqual([]);
    },
  );

  test('stays inside any text', () => {
    fc.assert(
      fc.property(filterText, fc.nat(30), (text, column) => {
        const { from, to } = completeFilter(text, column, names);
        expect(from).toBeLessThanOrEqual(to);
        expect(to).toBe(Math.min(column, text.length));
        expect(from).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 200 },
    );
  });
});
