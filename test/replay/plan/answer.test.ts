import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../src/json/canonical.js';
import { parseJson } from '../../../src/json/parse.js';
import { printQmp } from '../../../src/json/print.js';
import { fromPlain } from '../../../src/json/value.js';
import { idOf, syncValueOf, withId, withReturn } from '../../../src/replay/plan/answer.js';
import { bytesOf, textOf } from '../playbook.js';

function answered(response: string, id: string | undefined): string {
  return textOf(withId(bytesOf(response), id));
}

describe('an id is put in', () => {
  test.each([
    ['{"return": {}, "id": "a"}\r\n', '"b"', '{"return": {}, "id": "b"}\r\n'],
    ['{"id": "a", "error": {}}\r\n', '[1]', '{"id": [1], "error": {}}\r\n'],
    [
      '{\r\n    "return": {\r\n    },\r\n    "id": 1\r\n}\r\n',
      '2',
      '{\r\n    "return": {\r\n    },\r\n    "id": 2\r\n}\r\n',
    ],
    ['{"return": {"id": 5}, "id": 1}\n', '2', '{"return": {"id": 5}, "id": 2}\n'],
    ['{"return": {"id": 5}}\r\n', '2', '{"return": {"id": 5}, "id": 2}\r\n'],
    ['{}\r\n', '2', '{"id": 2}\r\n'],
  ])('%j, %s', (response, id, expected) => {
    expect(answered(response, id)).toBe(expected);
  });

  test('or taken out, with its comma', () => {
    expect(answered('{"return": {}, "id": 1}\r\n', undefined)).toBe('{"return": {}}\r\n');
    expect(answered('{"id": 1, "error": {}}\r\n', undefined)).toBe('{"error": {}}\r\n');
    expect(answered('{"a": 1, "id": 1, "b": 2}', undefined)).toBe('{"a": 1, "b": 2}');
    expect(answered('{"id": 1}', undefined)).toBe('{}');
    expect(answered('{"return": {}}', undefined)).toBe('{"return": {}}');
  });

  test('not where it is the same value: the recorded spelling stays', () => {
    const response = bytesOf('{"return": {}, "id": {"b": 1.0, "a": "\\u00e9"}}\r\n');
    expect(withId(response, '{"a": "\\u00E9", "b": 1}')).toBe(response);
  });

  test('at the end of a large response without a look at the rest', () => {
    const known = (response: string): string => textOf(withId(bytesOf(response), '"new"', '"a"'));
    expect(known('{"return": {}, "id": "a"}\r\n')).toBe('{"return": {}, "id": "new"}\r\n');
    expect(known('{"return": {"x": 1, "id": "a"}}\r\n')).toBe(
      '{"return": {"x": 1, "id": "a"}, "id": "new"}\r\n',
    );
    expect(known('{"return": ", \\"id\\": \\"a\\""}\r\n')).toBe(
      '{"return": ", \\"id\\": \\"a\\"", "id": "new"}\r\n',
    );
    expect(known('{"id": "a"}')).toBe('{"id": "new"}');
  });

  test('and nothing else changes, in any response', () => {
    const value = fc.jsonValue({ maxDepth: 2 }).map((plain) => printQmp(fromPlain(plain)));
    fc.assert(
      fc.property(value, value, value, fc.boolean(), (result, before, after, first) => {
        const members = [`"return": ${result}`, `"id": ${before}`];
        const response = `{${(first ? members.reverse() : members).join(', ')}}\r\n`;
        const changed = answered(response, after);
        expect(idValue(changed)).toBe(canonicalJson(parseJson(after)));
        if (after !== before) expect(textOf(withId(bytesOf(response), after, before))).toBe(changed);
        expect(answered(changed, before)).toBe(response);
      }),
      { numRuns: 200 },
    );
  });
});

function idValue(response: string): string {
  return canonicalJson(parseJson(idOf(bytesOf(response)) ?? 'null'));
}

describe('the id of a command', () => {
  test('is given as QEMU would print it', () => {
    expect(idOf(bytesOf(`{'execute': 'stop', 'id': 'a"b'}`))).toBe('"a\\"b"');
    expect(idOf(bytesOf('{"execute":"stop","id":{\n"a" : 1.50 }}'))).toBe('{"a": 1.50}');
    expect(idOf(bytesOf('{"execute":"stop"}'))).toBeUndefined();
    expect(idOf(bytesOf('{"execute":'))).toBeUndefined();
  });
});

describe('a sync', () => {
  test('asks for a value and gets it', () => {
    const command = bytesOf('{"execute":"guest-sync","arguments":{"id":9223372036854775807}}');
    expect(syncValueOf(command)).toBe('9223372036854775807');
    expect(textOf(withReturn(bytesOf('{"return": 1}\n'), '9223372036854775807'))).toBe(
      '{"return": 9223372036854775807}\n',
    );
    expect(syncValueOf(bytesOf('{"execute":"guest-sync"}'))).toBeUndefined();
    expect(textOf(withReturn(bytesOf('{"error": {}}\n'), '1'))).toBe('{"error": {}}\n');
  });
});
