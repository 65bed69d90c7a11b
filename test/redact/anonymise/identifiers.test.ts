import { expect, test } from 'vitest';
import { identifiers } from '../../../src/redact/anonymise/identifiers.js';

/** What each kind finds in a text, with the number 300 for all. */
const found = (text: string): (string | undefined)[] =>
  identifiers.flatMap(({ pattern, replace }) =>
    (text.match(pattern) ?? []).map((one) => replace(one, () => 300)),
  );

test.each<[string, (string | undefined)[]]>([
  ['8a3c9b1e-4c55-4f0e-9d5b-0a1b2c3d4e5f', ['00000000-0000-4000-8000-00000000012c']],
  ['52:54:00:AB:cd:ef', ['52:54:00:00:01:2c', undefined]],
  ['fd00::1', ['2001:db8::12c']],
  ['1:2:3:4:5:6:7:8', ['2001:db8::12c']],
  ['192.168.1.2', ['10.0.1.44']],
  ['127.0.0.1', [undefined]],
  ['::1', [undefined]],
  ['1:2:3', [undefined]],
  ['256.1.1.1', [undefined]],
  ['8a3c9b1e', []],
])('%s', (text, expected) => {
  expect(found(text)).toEqual(expected);
});
