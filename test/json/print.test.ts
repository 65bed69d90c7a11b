import { describe, expect, test } from 'vitest';
import { parseJson } from '../../src/json/parse.js';
import { printJson, printQmp } from '../../src/json/print.js';

describe('printJson', () => {
  test('compact', () => {
    const text = '{"a":[1,1.0,1E5,{}],"b":[],"é":"\\n\\"\u007f","c":null}';
    expect(printJson(parseJson(text))).toBe(text);
  });

  test('indented', () => {
    expect(printJson(parseJson('{"a":[1,{}],"b":[],"c":{"d":true}}'), { indent: 2 })).toBe(
      [
        '{',
        '  "a": [',
        '    1,',
        '    {}',
        '  ],',
        '  "b": [],',
        '  "c": {',
        '    "d": true',
        '  }',
        '}',
      ].join('\n'),
    );
  });

  test('stays JSON where QEMU does not', () => {
    const value = parseJson('[inf,-inf,nan,-nan]', { nonFinite: true });
    expect(printJson(value)).toBe('[1e999,-1e999,null,null]');
    expect(JSON.parse(printJson(value))).toEqual([Infinity, -Infinity, null, null]);
  });

  test('half a pair is escaped', () => {
    expect(printJson('a\ud800')).toBe('"a\\ud800"');
  });
});

describe('printQmp', () => {
  test('separates and escapes as QEMU does', () => {
    const value = parseJson('{"return":{"a":[1,2],"b":{}},"id":"é€😀\\u0000\\u007f\\u001f\\/\\t"}');
    expect(printQmp(value)).toBe(
      '{"return": {"a": [1, 2], "b": {}}, "id": "\\u00E9\\u20AC\\uD83D\\uDE00\\u0000\\u007F\\u001F/\\t"}',
    );
  });

  test('prints what QEMU prints beyond JSON', () => {
    expect(printQmp(parseJson('[inf, -nan]', { nonFinite: true }))).toBe('[inf, -nan]');
  });
});
