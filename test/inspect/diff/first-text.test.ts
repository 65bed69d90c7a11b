import { expect, test } from 'vitest';
import { firstDivergence } from '../../../src/inspect/diff/first-divergence.js';
import { firstJson, firstText } from '../../../src/inspect/diff/first-text.js';
import { exchange, type Line, played } from '../../support/conversation.js';

const id = 'n\u001b0';
const lines = (ids: readonly string[], answer: object): Line[] => [
  ...exchange(
    'qom-list',
    { path: '/machine/peripheral' },
    ids.map((name) => ({ name, type: 'child<x>' })),
  ),
  ['->', { execute: 'device_add', arguments: { driver: 'x', id } }],
  ['<-', answer],
];
const a = played(lines([], { return: {} }));
const b = played(lines([id], { error: { class: 'GenericError', desc: 'Duplicate' } }));
const sides = { a, b, nameA: 'good.qmptap', nameB: 'bad.qmptap' };

test('both sides, what differs inside, and what was otherwise before; escaped', () => {
  const text = [...firstText(firstDivergence(a, b), sides)].map((line) => line.text);
  expect(text[0]).toBe('first divergence: a command succeeds in one and fails in the other, device_add');
  expect(text[1]).toContain('  - good.qmptap session 1 #3: {"execute":"device_add"');
  expect(text[2]).toBe('  -   #4: {"return":{}}');
  expect(text[4]).toContain('Duplicate');
  expect(text.slice(-2)).toEqual([
    'earliest difference of state: after session 1 #2 of good.qmptap, session 1 #2 of bad.qmptap',
    '  ~ devices n\\u001b0: not there | there (asserted, #2 qom-list)',
  ]);
  expect(text.join('')).not.toContain('\u001b');
});

test('says so if nothing differs, and if nothing was otherwise', () => {
  expect([...firstText(firstDivergence(a, a), sides)].map((line) => line.text)).toEqual([
    'good.qmptap and bad.qmptap say the same',
  ]);
  const other = played([...lines([], { return: {} }), ...exchange('stop')]);
  const text = [...firstText(firstDivergence(a, other), { ...sides, b: other })].map((line) => line.text);
  expect(text.slice(1)).toEqual([
    '  - good.qmptap: nothing',
    '  + bad.qmptap session 1 #5: {"execute":"stop"}',
    '  +   #6: {"return":{}}',
    'before it no state is known to differ',
  ]);
});

test('JSON', () => {
  expect(firstJson(undefined)).toEqual({ type: 'first-divergence', same: true });
  expect(firstJson(firstDivergence(a, b))).toMatchObject({
    sort: 'outcome',
    sessions: [1, 1],
    name: 'device_add',
    a: 3,
    b: 3,
    since: { a: 2, b: 2 },
    state: [
      { area: 'device', name: id, a: undefined, b: { value: 'true', standing: 'asserted', by: { seq: 2 } } },
    ],
  });
});
