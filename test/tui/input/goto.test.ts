import { expect, test } from 'vitest';
import { timeOfDay } from '../../../src/tui/clock.js';
import { placeOf } from '../../../src/tui/input/goto.js';
import { exchange, played } from '../../support/conversation.js';

const reader = played([...exchange('stop'), ...exchange('cont')], exchange('stop'));

test.each<[string, number | string]>([
  ['#2', 2],
  ['3', 3],
  ['2/1', 5],
  ['#2/2', 6],
  ['0s', 1],
  ['9', 'session 1 has no message 9'],
  ['3/1', 'session 3 has no message 1'],
  ['5h', 'session 1 has ended before 5h'],
  ['', 'write a number as #904, session and number as 2/904, or a time: 12.5s, 10:56:11'],
  ['cmd:stop', 'write a number as #904, session and number as 2/904, or a time: 12.5s, 10:56:11'],
])('%s', (text, place) => {
  expect(placeOf(text, reader, 1)).toBe(place);
});

test('a time of day is that of the list: local, of the next day where it is before the beginning', () => {
  const session = reader.sessions()[0]!;
  const second = [...reader.messages({ session: 1 })][1]!;
  // As the list shows it, to the millisecond; the first message at or after it.
  const shown = timeOfDay(session.started + second.t / 1000);
  const found = placeOf(shown, reader, 1);
  expect([1, 2]).toContain(found);
  const before = timeOfDay(session.started - 60e6);
  expect(placeOf(before, reader, 1)).toContain('has no message from');
});
