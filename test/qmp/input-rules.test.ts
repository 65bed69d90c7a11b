import { describe, expect, test } from 'vitest';
import { readRefusal, rulesOfVersion } from '../../src/qmp/input-rules.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const error = (desc: string): Uint8Array =>
  bytes(`{"error": {"class": "GenericError", "desc": ${JSON.stringify(desc)}}}\r\n`);

test.each([
  [undefined, 'classic'],
  ['0.12.50', 'classic'],
  ['7.2.22', 'classic'],
  ['9.11.0', 'classic'],
  ['11.0.50', 'classic'],
  ['11.1.0', 'eager'],
  ['11.10.0', 'eager'],
  ['12.0.1', 'eager'],
  ['what', 'classic'],
])('a server of version %s reads by the %s rules', (version, rules) => {
  expect(rulesOfVersion(version)).toBe(rules);
});

describe('an error response', () => {
  test.each([
    ["2:12: JSON parse error, expecting ':'", true, 'eager'],
    ["JSON parse error, stray '@'", true, 'classic'],
    ['JSON nesting depth limit exceeded', true, undefined],
    ['JSON token size limit exceeded', true, undefined],
    ['QMP input must be a JSON object', false, undefined],
    ['said "desc": "JSON parse error, x"', false, undefined],
  ])('that says %s', (desc, refused, rules) => {
    expect(readRefusal(error(desc))).toEqual({ refused, rules });
  });

  test('may be printed over several lines, and quote megabytes', () => {
    const pretty =
      '{\r\n    "error": {\r\n        "class": "GenericError",\r\n        "desc": "1:1: JSON parse error, x"\r\n    }\r\n}\r\n';
    expect(readRefusal(bytes(pretty)).rules).toBe('eager');
    expect(readRefusal(error(`JSON parse error, stray '"${'x'.repeat(5e6)}`)).rules).toBe('classic');
  });

  test('is asked for what it is, and not for what looks like it', () => {
    expect(readRefusal(bytes('{"return": {"desc": "1:1: JSON parse error, x"}}'))).toEqual({
      refused: false,
      rules: undefined,
    });
    expect(readRefusal(bytes('nonsense'))).toEqual({ refused: false, rules: undefined });
  });
});
