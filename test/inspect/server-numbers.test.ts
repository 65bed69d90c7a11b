import { expect, test } from 'vitest';
import { ServerNumbers } from '../../src/inspect/server-numbers.js';
import type { SessionEnd } from '../../src/recording/session.js';
import { exchange, played } from '../support/conversation.js';

/** The number of the second session's server: 1 if it is that of the first. */
function second(
  end: SessionEnd | undefined,
  { server = 'unix:/server', started = 1_000_000 } = {},
): number | undefined {
  const recording = played({ lines: exchange('stop'), end }, { lines: exchange('cont'), server, started });
  const numbers = new ServerNumbers();
  numbers.learn(recording.sessions());
  return numbers.of(2);
}

test('a client that comes back finds the same server', () => {
  expect(second('client-closed')).toBe(1);
  expect(second('client-reset')).toBe(1);
});

test('another address, another time, or a server that closed is another server', () => {
  expect(second('server-closed')).toBe(2);
  expect(second('client-closed', { server: 'unix:/other' })).toBe(2);
  expect(second('client-closed', { started: 0 })).toBe(2);
  expect(second(undefined)).toBe(2);
});

test('sessions that come to be known later are told apart as well', () => {
  const recording = played(exchange('stop'), { lines: exchange('cont'), started: 1_000_000 });
  const [first, later] = recording.sessions();
  const numbers = new ServerNumbers();
  numbers.learn([{ ...first!, ended: undefined, end: undefined }]);
  expect(numbers.of(2)).toBeUndefined();
  numbers.learn([first!, later!]);
  expect([numbers.of(1), numbers.of(2)]).toEqual([1, 1]);
});
