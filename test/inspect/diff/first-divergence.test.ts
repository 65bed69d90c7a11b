import { expect, test } from 'vitest';
import { firstDivergence, type FirstDivergence } from '../../../src/inspect/diff/first-divergence.js';
import { exchange, type Line, played } from '../../support/conversation.js';

const error: Line = ['<-', { error: { class: 'GenericError', desc: 'no' } }];
const status = (value: string): Line[] => exchange('query-status', undefined, { status: value });
const list = (...ids: string[]): Line[] =>
  exchange(
    'qom-list',
    { path: '/machine/peripheral' },
    ids.map((name) => ({ name, type: 'child<x>' })),
  );
const add: Line = ['->', { execute: 'device_add', arguments: { driver: 'x', id: 'a' } }];

const first = (good: readonly Line[], bad: readonly Line[]): FirstDivergence | undefined =>
  firstDivergence(played(good), played(bad));

function essence(found: FirstDivergence | undefined): unknown[] {
  const state = found?.state.map(({ area, name, attribute }) => [area, name, attribute].join(' ').trim());
  return [found?.sort, found?.entry.name, found?.entry.a, found?.entry.b, state, found?.since];
}

test('a command that fails is told, not the answers before it; these explain it', () => {
  const good = [...status('paused'), ...list(), add, ['<-', { return: {} }] as Line];
  const bad = [...status('paused'), ...list('a'), add, error];
  expect(essence(first(good, bad))).toEqual(['outcome', 'device_add', 5, 5, ['device a'], [4, 4]]);
});

test('what only one does or gets, without a word of polling', () => {
  const polled = [...status('running'), ...status('running')];
  expect(essence(first(polled.slice(0, 2), [...polled, ...exchange('stop')]))).toEqual([
    'command',
    'stop',
    undefined,
    5,
    [],
    undefined,
  ]);
  const stopped: Line[] = [...polled.slice(0, 2), ['<-', { event: 'STOP' }]];
  expect(essence(first(polled.slice(0, 2), stopped)).slice(0, 4)).toEqual(['event', 'STOP', undefined, 3]);
  expect(first(polled.slice(0, 2), polled)?.sort).toBe('question');
});

test('other arguments are another command', () => {
  const [one, other] = ['a', 'b'].map((id) => exchange('device_add', { driver: 'x', id }));
  expect(first(one ?? [], other ?? [])).toMatchObject({
    sort: 'command',
    entry: { differences: [{ path: 'arguments.id', expected: '"a"', actual: '"b"' }] },
  });
});

test('if only answers differ, the first of them, with what it says', () => {
  const found = first([...status('running'), ...list()], [...status('paused'), ...list()]);
  expect(essence(found)).toEqual(['answer', 'query-status', 1, 1, ['run  status'], [2, 2]]);
});

test('only the order differs, or nothing', () => {
  const [one, other] = [exchange('stop'), exchange('cont')];
  expect(first([...one, ...other], [...other, ...one])?.sort).toBe('place');
  expect(first(one, one)).toBeUndefined();
});
