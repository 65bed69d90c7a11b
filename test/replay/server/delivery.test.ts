import { expect, test } from 'vitest';
import { Bindings } from '../../../src/replay/match/bindings.js';
import { SentMessages } from '../../../src/replay/plan/sent-now.js';
import { Delivery } from '../../../src/replay/server/delivery.js';
import { EventSchedule } from '../../../src/replay/server/event-schedule.js';
import { planned, textOf } from '../playbook.js';

/** Places: 0 stop, 1 its event, 2 its answer, 3 the next event, 4 the close. */
const plan = planned(
  `
  -> {"execute":"stop"}
  <- {"event": "STOP"}
  <- {"return": {}}
  <- {"event": "SHUTDOWN"}
`,
  { end: 'server-closed' },
);

function delivery(pace: number, events: EventSchedule | undefined): Delivery {
  const sent = new SentMessages(plan, undefined);
  return new Delivery(plan, { pace, sent, bindings: new Bindings('client'), events, progress: undefined });
}

function sentBy(from: Delivery, now: number): string[] {
  const sent: string[] = [];
  for (let next = from.next(now); next; next = from.next(now))
    sent.push(next.kind === 'bytes' ? textOf(next.bytes).trim() : next.kind);
  return sent;
}

test('events go out in their time and their place, and then the close', () => {
  const events = new EventSchedule(plan, 1);
  const from = delivery(1, events);
  from.connected(0);
  from.schedule([2], 10e6);
  events.taken(0, 10e6);
  expect(from.wakeAt).toBe(11e6);
  expect(sentBy(from, 11e6)).toEqual(['{"event": "STOP"}']);
  expect(sentBy(from, 20e6)).toEqual(['{"return": {}}', '{"event": "SHUTDOWN"}', 'close']);
  expect(from.isEmpty).toBe(true);
  expect(from.wakeAt).toBeUndefined();
});

test('without a time of their own all is sent in its order', () => {
  const from = delivery(Infinity, undefined);
  from.schedule([1, 2, 3, 4], 5);
  expect(sentBy(from, 5)).toEqual(['{"event": "STOP"}', '{"return": {}}', '{"event": "SHUTDOWN"}', 'close']);
});
