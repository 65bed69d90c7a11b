import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeText, formatBytes, formatDuration, frameText, remarks } from '../../src/inspect/format.js';
import { latin1, recorded } from '../support/recorded.js';

describe('escapeText', () => {
  test.each([
    ['plain {"a": 1}', 'plain {"a": 1}'],
    ['\u001b[2J', '\\u001b[2J'],
    ['a\r\nb\t', 'a\\r\\nb\\t'],
    ['\u009b31m\u007f', '\\u009b31m\\u007f'],
    ['\u202eevil\u2066', '\\u202eevil\\u2066'],
    ['😀', '\\ud83d\\ude00'],
    ['é', 'é'],
  ])('%j', (text, expected) => {
    expect(escapeText(text)).toBe(expected);
  });

  test('leaves nothing that moves a cursor or turns the direction of text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeText(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe('frameText', () => {
  test('drops the white space around, and shows bytes that are no UTF-8', () => {
    expect(frameText(latin1(' {"a": 1}\r\n'))).toBe('{"a": 1}');
    expect(frameText(latin1('\xff'))).toBe('\\xff');
    expect(frameText(latin1('a\xc3\xa9b'))).toBe('aéb');
    expect(frameText(latin1('0123456789'), 4)).toBe('0123');
    expect([0, 1, 2, 3, 4].map((limit) => frameText(latin1('a\xc3\xa9\xe2\x82\xac'), limit))).toEqual([
      '',
      'a',
      'a',
      'aé',
      'aé',
    ]);
    expect(frameText(latin1('\xa9'.repeat(9)), 5)).toBe('\\xa9\\xa9');
  });

  test('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(frameText(bytes)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
    );
  });
});

test.each([
  [430e3, '430us'],
  [999_400, '999us'],
  [1.24e6, '1.2ms'],
  [15.2e6, '15ms'],
  [15e9, '15.0s'],
  [123e9, '2m03s'],
  [3840e9, '1h04m'],
])('formatDuration(%d)', (ns, expected) => {
  expect(formatDuration(ns)).toBe(expected);
});

test.each([
  [512, '512 B'],
  [3400, '3.4 kB'],
  [12e6, '12 MB'],
  [1.5e12, '1.5 TB'],
])('formatBytes(%d)', (bytes, expected) => {
  expect(formatBytes(bytes)).toBe(expected);
});

test('remarks say what the text does not', () => {
  const recording = recorded([
    '-> {"execute":"a","execute":"b"}',
    '<- {"return": {}, "id": 9}',
    '<- {"return": {}}',
  ]);
  expect([...recording.messages()].map((message) => remarks(message))).toEqual([
    ['JSON parse error, duplicate key'],
    ['answers no command'],
    [],
  ]);
});
