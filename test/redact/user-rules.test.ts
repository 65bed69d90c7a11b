import { expect, test } from 'vitest';
import { parseUserRules } from '../../src/redact/user-rules.js';

const rules = parseUserRules(['path:arguments.opaque', 'key:*-token', '/corp-[0-9]+/i']);

test.each<[steps: (string | number)[], text: string | undefined, rule: string | undefined]>([
  [['arguments', 'opaque'], 'x', 'path:arguments.opaque'],
  [['arguments', 'opaque', 'deep', 0], undefined, 'path:arguments.opaque'],
  [['data', 'a-token', 'deep'], 'x', 'key:*-token'],
  [['data'], 'of CORP-17', '/corp-[0-9]+/i'],
  [[], 'of corp-17', '/corp-[0-9]+/i'],
  [['arguments'], 'x', undefined],
])('%j %s', (steps, text, rule) => {
  expect(rules.find(steps, text)).toBe(rule);
});

test.each(['opaque', 'key:', '/a', 'path:a['])('%s is none', (text) => {
  expect(() => parseUserRules([text])).toThrow();
});
