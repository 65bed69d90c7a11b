import { describe, expect, test } from 'vitest';
import { EventSchedule } from '../../../src/replay/server/event-schedule.js';
import { asap } from '../../../src/replay/timing/pacing.js';
import { planned } from '../playbook.js';

const ok = '<- {"return": {}}';

/** A millisecond a line. Places: 0 mirror, 1 its answer, 2 and 4 polls, 6 ready, 7 poll, 9 the close. */
const plan = planned(
  `
  -> {"execute":"blockdev-mirror","arguments":{"job-id":"j"}}
  ${ok}
  -> {"execute":"query-jobs"}
  <- {"return": []}
  -> {"execute":"query-jobs"}
  <- {"return": []}
  <- {"event": "BLOCK_JOB_READY", "data": {"device": "j"}}
  -> {"execute":"query-jobs"}
  <- {"return": []}
`,
  { end: 'server-closed' },
);

function begun(pace: number): EventSchedule {
  const schedule = new EventSchedule(plan, pace);
  schedule.happened(-1, 0);
  schedule.taken(0, 0);
  schedule.happened(1, 0);
  return schedule;
}

describe('an event comes', () => {
  test('in its time, whatever is asked meanwhile', () => {
    const schedule = begun(1);
    expect(schedule.first).toEqual({ place: 6, due: 5e6 });
    schedule.taken(2, 1);
    schedule.taken(4, 2);
    schedule.strayed(3);
    expect(schedule.first).toEqual({ place: 6, due: 5e6 });
  });

  test('as fast as possible where it was recorded, while the client does what was recorded', () => {
    const schedule = begun(asap);
    expect(schedule.first?.due).toBe(5e6);
    schedule.taken(2, 10);
    expect(schedule.first?.due).toBe(5e6);
    schedule.taken(4, 20);
    expect(schedule.first).toEqual({ place: 6, due: 20 });
  });

  test('at once for a client that does something else', () => {
    const schedule = begun(asap);
    schedule.strayed(10);
    expect(schedule.first).toEqual({ place: 6, due: 10 });
  });

  test('before the client goes on from it', () => {
    const later = planned(`
      -> {"execute":"stop"}
      ${ok}
      <- {"event": "STOP"}
      -> {"execute":"cont"}
      ${ok}
    `);
    const schedule = new EventSchedule(later, 0.001);
    schedule.taken(0, 0);
    schedule.happened(1, 0);
    expect(schedule.first?.due).toBe(1e9);
    schedule.taken(3, 5);
    expect(schedule.first).toEqual({ place: 2, due: 5 });
  });
});

describe('the close', () => {
  test('cuts off nobody who still has questions', () => {
    const schedule = begun(asap);
    schedule.strayed(10);
    schedule.shift();
    expect(schedule.first).toEqual({ place: 9, due: 10 + 3e6 });
    schedule.strayed(20);
    expect(schedule.first?.due).toBe(10 + 3e6);
    schedule.ended(30);
    expect(schedule.first).toEqual({ place: 9, due: 30 });
    schedule.shift();
    expect(schedule.first).toBeUndefined();
  });

  test('comes with the last recorded question', () => {
    const schedule = begun(asap);
    schedule.taken(2, 1);
    schedule.taken(4, 2);
    schedule.shift();
    schedule.taken(7, 3);
    expect(schedule.first).toEqual({ place: 9, due: 3 });
  });
});
