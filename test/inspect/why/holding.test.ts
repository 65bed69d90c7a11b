import { describe, expect, test } from 'vitest';
import { played, exchange } from '../../support/conversation.js';
import { command, event } from '../stories/told.js';
import { essences, found, foundIn, lines } from './found.js';

const id = (name: string, n: number, after = 1) => ['->', { execute: name, id: n }, after] as const;
const answer = (n: number, after = 1) => ['<-', { return: {}, id: n }, after] as const;

describe('a command without a response', () => {
  test('how long, and what waits behind it', () => {
    expect(found(command('query-block', {}), command('stop', {}), event('RTC_CHANGE', {}, 6000))).toEqual([
      'error held-monitor 1/1,2: the monitor is held by query-block: no response for 6.0s, and 1 command wait behind it',
    ]);
  });

  test('up to now, of a recording that is still being made, with the clients that came since', () => {
    const recording = played(
      { lines: [command('query-block', {})], end: undefined },
      { lines: [], end: undefined, started: 2_000_000 },
    );
    expect(essences(recording, 3_001_000)).toEqual([
      'warning held-monitor 1/1: the monitor is held by query-block: no response for 3.0s, and 1 client wait behind it',
    ]);
  });

  test('not one that its client did not wait for, nor what answers nothing', () => {
    expect(found(command('query-block', {}))).toEqual([]);
    expect(found(command('guest-shutdown', {}), event('X', {}, 9000))).toEqual([]);
    expect(foundIn({ lines: [command('quit', {}), event('X', {}, 9000)], end: 'server-closed' })).toEqual([]);
  });

  test('of the guest agent', () => {
    const said = lines(exchange('guest-ping'), command('guest-info', {}), command('guest-ping', {}));
    expect(foundIn({ lines: said, endAfter: 7000 })).toEqual([
      'error agent-silent 1/3,4: the guest agent has not answered guest-info for 7.0s, nor 1 command behind it',
    ]);
  });

  test('where nothing of the server was recorded, it is a note', () => {
    expect(foundIn({ lines: [command('guest-info', {})], endAfter: 7000 })).toEqual([
      'note agent-silent 1/1: the guest agent has not answered guest-info for 7.0s (nothing of the server is recorded)',
    ]);
  });
});

test('a response that was lost, for later ones came', () => {
  expect(found(id('a', 1), id('b', 2), answer(2))).toEqual([
    'error lost-response 1/1: a was never answered, though commands behind it were',
  ]);
  expect(found(id('a', 1), id('b', 2), id('c', 3), answer(3))[0]).toContain(
    'a was never answered, and 1 others',
  );
});

test('responses that crossed', () => {
  expect(found(id('a', 1), id('b', 2), answer(2), answer(1))).toEqual([
    'error crossed-response 1/4: 1 response came behind the response to a later command',
  ]);
});

test('an out-of-band command may overtake', () => {
  const oob = ['->', { 'exec-oob': 'migrate-pause', id: 2 }] as const;
  expect(found(id('a', 1), oob, answer(2), answer(1)).filter((one) => !one.includes('violation'))).toEqual(
    [],
  );
});

test('a command that held the monitor long, the longest time of several', () => {
  expect(found(id('a', 1), id('b', 2), answer(1, 3000), answer(2), id('a', 3), answer(3, 12_000))).toEqual([
    'error slow-command 1/1,5: a held the monitor 2 times, at most for 12.0s',
    'warning slow-command 1/2: b held the monitor for 3.0s',
  ]);
  expect(found(exchange('qmp_capabilities', {}, {}, 9000))).toEqual([]);
  expect(found(exchange('guest-exec', {}, {}, 3000))).toEqual([
    'warning slow-command 1/1: guest-exec kept the agent busy for 3.0s',
  ]);
});

test('names that would end a filter do not', () => {
  expect(found(exchange('a b"(', {}, {}, 3000))).toHaveLength(1);
});
