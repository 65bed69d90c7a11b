import { expect, test } from 'vitest';
import { Removals } from '../../src/redact/removals.js';

const value = (spelled: string, text?: string) => ({ text, spelled: () => spelled });

test('a value goes by its type, and is counted', () => {
  const removals = new Removals();
  const reason = { what: 'a thing' };
  expect(removals.value(value('"secret"', 'secret'), reason)).toBe('"[redacted:1]"');
  expect(removals.value(value('c2VjcmV0', 'c2VjcmV0'), { ...reason, form: 'base64' })).toBe(
    '"W3JlZGFjdGVkOjJd"',
  );
  expect(removals.value(value('42'), reason)).toBe('7072510000000003');
  expect(removals.value(value('true'), reason)).toBe('false');
  expect(removals.list()).toEqual([{ what: 'a thing', count: 4 }]);
});

test('what is nothing, or a token already, stays', () => {
  const removals = new Removals();
  const reason = { what: 'a thing' };
  for (const one of [
    value('""', ''),
    value('null'),
    value('"[redacted:7]"', '[redacted:7]'),
    value('7072510000000003'),
  ])
    expect(removals.value(one, reason)).toBeUndefined();
  expect(['', '[secret]', 'on'].map((text) => removals.hide({ text, what: 'x' }))).toEqual([
    '',
    '[secret]',
    'on',
  ]);
  expect(removals.list()).toEqual([]);
  // Numbers of tokens that were met are not given again.
  expect(removals.hide({ text: 'secret', what: 'x' })).toBe('[redacted:8]');
});

test('the part of a secret that is one by itself is looked for too', () => {
  const removals = new Removals();
  removals.hide({ text: 'user:password', what: 'x', core: 'password' });
  expect(removals.known.replaceIn('the password').text).toBe('the [redacted:2]');
});

test('what is done quietly is not counted', () => {
  const removals = new Removals();
  removals.quietly(() => removals.hide({ text: 'secret', what: 'x' }));
  expect(removals.list()).toEqual([]);
});
