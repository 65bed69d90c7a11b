import { describe, expect, test } from 'vitest';
import { classifyServer } from '../../../src/qmp/message.js';
import { Expectations } from '../../../src/replay/client/expectations.js';
import { bytesOf, planned } from '../playbook.js';

/** 0 -> a, 1 -> b, 2 <- a, 3 <- b, 4 event, 5 event. */
const plan = planned(`
  -> {"execute":"a","id":1}
  -> {"execute":"b"}
  <- {"return": "a", "id": 1}
  <- {"return": "b"}
  <- {"event": "STOP", "data": 1}
  <- {"event": "STOP", "data": 2}
`);

function expectations(): {
  arrive: (text: string, alike?: number) => ReturnType<Expectations['arrived']>;
  met: () => number[];
} {
  const all = new Expectations(plan);
  for (const place of [0, 1]) all.sent(plan.steps[place]!.message, 0);
  return {
    arrive: (text, alike) =>
      all.arrived(
        classifyServer(bytesOf(text), undefined),
        (place) => place === alike,
        () => undefined,
      ),
    met: () => [2, 3, 4, 5].filter((place) => all.isMet(place)),
  };
}

describe('what arrives', () => {
  test('is the response to its command, by id or else in order', () => {
    const { arrive, met } = expectations();
    expect(arrive('{"return": "x"}').place).toBe(3);
    expect(arrive('{"return": "x", "id": 1.0}')).toMatchObject({
      place: 2,
      command: { name: 'a' },
      overtook: undefined,
    });
    expect(met()).toEqual([2, 3]);
    expect(arrive('{"return": "x", "id": 1}').place).toBeUndefined();
  });

  test('may overtake', () => {
    expect(expectations().arrive('{"return": "b"}').overtook?.name).toBe('a');
  });

  test('is the event that is like it, or the first of its name', () => {
    const { arrive, met } = expectations();
    expect(arrive('{"event": "STOP"}', 5).place).toBe(5);
    expect(arrive('{"event": "STOP"}').place).toBe(4);
    expect(arrive('{"event": "STOP"}').place).toBeUndefined();
    expect(arrive('{"event": "RESUME"}').place).toBeUndefined();
    expect(met()).toEqual([4, 5]);
  });

  test('is compared with the next of its name, not with all', () => {
    const events = Array.from({ length: 1000 }, (_, n) => `<- {"event": "STOP", "data": ${n}}`);
    const all = new Expectations(planned(events.join('\n')));
    let compared = 0;
    const arrive = (alike?: number): number | undefined =>
      all.arrived(
        classifyServer(bytesOf('{"event": "STOP"}'), undefined),
        (place) => ++compared > 0 && place === alike,
        () => undefined,
      ).place;
    expect([arrive(49), arrive(50), arrive(), arrive(999)]).toEqual([49, 50, 0, 1]);
    expect(compared).toBe(200);
  });

  test('need not be waited for if it is waived', () => {
    const all = new Expectations(plan);
    all.waive(4);
    expect([all.isMet(4), all.isMet(5)]).toEqual([true, false]);
  });
});
