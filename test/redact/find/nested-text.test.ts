import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hideInJson, hideInText } from '../../../src/redact/find/nested-text.js';

const hide = (): string => 'X';

describe('JSON in texts', () => {
  test.each<[string, string]>([
    ['json:{"password":"a","b":1.0}', 'json:{"password":"X","b":1.0}'],
    ['file=json:{"a":1,,"password":"b,,c"},if=none', 'file=json:{"a":1,,"password":"X"},if=none'],
    [
      `"json:{\\"data\\":\\"a\\",\\"qom-type\\":\\"secret\\"}"`,
      `"json:{\\"data\\":\\"X\\",\\"qom-type\\":\\"secret\\"}"`,
    ],
    [`{'qom-type':'secret','data':'a'}`, `{'qom-type':'secret','data':'X'}`],
    [
      '{"f":"json:{\\"f\\":\\"json:{\\\\\\"password\\\\\\":\\\\\\"a\\\\\\"}\\"}"}',
      '{"f":"json:{\\"f\\":\\"json:{\\\\\\"password\\\\\\":\\\\\\"X\\\\\\"}\\"}"}',
    ],
    ['x {"a":1} y {"password":"b"}', 'x {"a":1} y {"password":"X"}'],
    ['[ [ {{ {"password":"b"}', '[ [ {{ {"password":"X"}'],
    ['{ "n" : 9223372036854775807, "e" : "é" }', '{ "n" : 9223372036854775807, "e" : "é" }'],
  ])('%s', (text, expected) => {
    expect(hideInText(text, hide)).toBe(expected);
  });

  test('at any depth', () => {
    let text = '{"password":"Canary"}';
    for (let depth = 0; depth < 10; depth++) {
      expect(hideInText(text, hide), String(depth)).not.toContain('Canary');
      text = JSON.stringify({ file: `json:${text}` });
    }
  });

  test('what has no secret stays, to the character', () => {
    const value = fc.jsonValue({ maxDepth: 3 }).map((one) => JSON.stringify(one));
    fc.assert(
      fc.property(
        fc.oneof(value, fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', 'a', ':') })),
        (text) => {
          expect(hideInText(text, hide)).toBe(text);
        },
      ),
    );
  });

  test('what is no JSON is told as such', () => {
    expect(hideInJson('{"a"', hide)).toBeUndefined();
  });
});
