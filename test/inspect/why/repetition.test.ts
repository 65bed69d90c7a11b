import { expect, test } from 'vitest';
import { exchange } from '../../support/conversation.js';
import { event } from '../stories/told.js';
import { found, foundIn, lines } from './found.js';

const poll = (count: number, took: number, pause: number) =>
  Array.from({ length: count }, () => [
    ['->', { execute: 'query-blockstats' }, pause] as const,
    ['<-', { return: [] }, took] as const,
  ]).flat();

test('who asks what, how often, and what it costs', () => {
  expect(foundIn({ lines: lines(exchange('stop'), poll(30, 100, 900)), label: 'web1' })).toEqual([
    'warning costly-poll 1/4: unix:/client asks web1 for query-blockstats every 1.0s: 30 times, 10 % of the time',
  ]);
});

test('not what is asked seldom, for a short time, or costs little', () => {
  expect(found(poll(15, 100, 900))).toEqual([]);
  expect(found(poll(30, 10, 90))).toEqual([]);
  expect(found(poll(30, 10, 990))).toEqual([]);
});

test('events that QEMU holds back come a second apart', () => {
  const rtc = [1, 1000, 1001, 1000].map((after) => event('RTC_CHANGE', {}, after));
  expect(found(rtc)).toEqual([
    'note throttled-events 1/1,2,3,4: RTC_CHANGE came 4 times a second apart: there may have been more',
  ]);
  expect(found(event('RTC_CHANGE'), event('RTC_CHANGE', {}, 5000), event('RTC_CHANGE', {}, 400))).toEqual([]);
  expect(found([1, 1000, 1001].map((after) => event('RESET', {}, after)))).toEqual([]);
});
