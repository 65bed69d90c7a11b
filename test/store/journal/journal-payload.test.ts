import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sessionEnds } from '../../../src/recording/session.js';
import {
  decodeBegin,
  decodeEnd,
  decodeStart,
  encodePayload,
} from '../../../src/store/journal/journal-payload.js';
import { start } from '../traffic.js';

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

describe('a payload', () => {
  test('is what was written', () => {
    const begin = { createdBy: 'qmptap 2', series: 'web1', created: 5 };
    expect(decodeBegin(encodePayload(begin))).toEqual(begin);
    expect(decodeStart(encodePayload(start))).toEqual(start);
    for (const end of sessionEnds)
      expect(decodeEnd(encodePayload({ end, reason: 'x' }))).toEqual({ end, reason: 'x' });
  });

  test('of format 1 has its series in the name of the program', () => {
    const begin = json({ createdBy: 'qmptap 0.1.0, series "web1"', created: 5 });
    expect(decodeBegin(begin)).toEqual({ createdBy: 'qmptap 0.1.0', series: 'web1', created: 5 });
  });

  test.each<[string, (payload: Uint8Array) => unknown, unknown]>([
    ['no program', decodeBegin, { created: 5 }],
    ['no time', decodeBegin, { createdBy: 'x', created: '5' }],
    ['no end', decodeEnd, {}],
    ['an end that is none', decodeEnd, { end: 'lost' }],
    ['no server', decodeStart, { ...start, server: undefined }],
    ['a client of another kind', decodeStart, { ...start, client: 'unix:/x' }],
    ['no beginning', decodeStart, { ...start, started: null }],
    ['null', decodeStart, null],
  ])('with %s is damaged', (_name, decode, value) => {
    expect(decode(json(value))).toBeUndefined();
  });

  test('of any bytes is read or damaged, never an error', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => new TextEncoder().encode(text)),
        ),
        (bytes) => {
          for (const decode of [decodeBegin, decodeEnd, decodeStart]) decode(bytes);
        },
      ),
    );
  });
});
