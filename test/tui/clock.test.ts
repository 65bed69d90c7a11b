import { expect, test } from 'vitest';
import { sessionNow, timeOfDay, timeText } from '../../src/tui/clock.js';
import { recorded } from '../support/recorded.js';

const [ended] = recorded(['-> {"execute":"stop"}']).sessions();
const session = ended!;

test('a time since the session began, or of day', () => {
  const started = new Date(2026, 4, 1, 8, 52, 30, 127).getTime() * 1000;
  expect(timeText(12_345_678_000, session, 'relative')).toBe('12.345678');
  expect(timeText(1_000_000_000, { ...session, started }, 'absolute')).toBe('08:52:31.127');
  expect(timeText(12_345_678_000, undefined, 'absolute')).toBe('12.345678');
  expect(timeOfDay(new Date(2026, 0, 1, 0, 0, 5, 7).getTime() * 1000)).toBe('00:00:05.007');
});

test('a session is as far as its end, or as now if it is live, or as its last message', () => {
  const open = { ...session, ended: undefined };
  expect(sessionNow(session, true, 5)).toBe(session.ended);
  expect(sessionNow(open, false, 5)).toBe(5);
  const late = sessionNow({ ...open, started: Date.now() * 1000 - 3_000_000 }, true, 5);
  expect(late).toBeGreaterThanOrEqual(3e9);
  // The clock may have been set back since.
  expect(sessionNow({ ...open, started: Date.now() * 1000 + 3_600_000_000 }, true, 5)).toBe(5);
});
