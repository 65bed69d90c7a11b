import { describe, expect, test } from 'vitest';
import { parseMoment, resolveMoment } from '../../../src/inspect/state/moment.js';
import { exchange, played } from '../../support/conversation.js';

test.each([
  ['57', { by: 'seq', value: 57 }],
  ['#57', { by: 'seq', value: 57 }],
  ['1.5s', { by: 't', value: 1.5e9 }],
  ['1970-01-01T00:00:01Z', { by: 'time', value: 1e6 }],
])('%s is a moment', (text, expected) => {
  expect(parseMoment(text)).toEqual(expected);
});

test.each(['', 'soon', '#', '12parsec', '-1'])('%j is none', (text) => {
  expect(() => parseMoment(text)).toThrow();
});

describe('a moment', () => {
  const one = played(exchange('query-status'));
  const two = played(exchange('query-status'), exchange('query-status'));

  test('is after the last message up to it', () => {
    expect(resolveMoment(one, undefined, undefined)).toEqual({ index: 2, session: 1 });
    expect(resolveMoment(one, parseMoment('1'), undefined)).toEqual({ index: 1, session: 1 });
    expect(resolveMoment(one, parseMoment('1.5ms'), undefined)).toEqual({ index: 1, session: 1 });
    expect(resolveMoment(one, parseMoment('0.5ms'), undefined).index).toBe(0);
    expect(resolveMoment(two, parseMoment('9s'), 1)).toEqual({ index: 2, session: 1 });
    expect(resolveMoment(two, parseMoment('1970-01-01T00:00:01Z'), undefined)).toEqual({
      index: 4,
      session: undefined,
    });
  });

  test('that cannot be found is told', () => {
    expect(() => resolveMoment(one, parseMoment('9'), undefined)).toThrow('no message #9; the last is #2');
    expect(() => resolveMoment(two, parseMoment('1'), undefined)).toThrow('it has 2 sessions; --session N');
    expect(() => resolveMoment(one, undefined, 7)).toThrow('no session 7');
  });
});
