import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countBefore, Progress } from '../../../src/replay/match/progress.js';
import { causesOf } from '../../../src/replay/plan/causes.js';
import { planned } from '../playbook.js';

const ok = '<- {"return": {}}';

/** Places: 0 mirror, 2 query-jobs, 4 device_add, 6 ready, 7 query-jobs, 9 cont, 11 query-jobs. */
const plan = planned(`
  -> {"execute":"blockdev-mirror","arguments":{"job-id":"j"}}
  ${ok}
  -> {"execute":"query-jobs"}
  <- {"return": [{"status": "running"}]}
  -> {"execute":"device_add","arguments":{"id":"x"}}
  ${ok}
  <- {"event": "JOB_STATUS_CHANGE", "data": {"id": "j", "status": "ready"}}
  -> {"execute":"query-jobs"}
  <- {"return": [{"status": "ready"}]}
  -> {"execute":"cont"}
  ${ok}
  -> {"execute":"query-jobs"}
  <- {"return": []}
`);

function progress(): Progress {
  return new Progress(plan, causesOf(plan).changes);
}

describe('a distance', () => {
  test('is zero where all before has happened, and nothing after', () => {
    const now = progress();
    expect(now.distance(0, 'query-jobs')).toEqual({ relevant: 0, all: 0 });
    for (const place of [0, 4]) {
      now.reached(place);
      now.happened(place);
    }
    expect(now.distance(2, 'query-jobs')).toEqual({ relevant: 0, all: 1 });
    expect(now.distance(6, 'query-jobs')).toEqual({ relevant: 0, all: 0 });
    expect(now.distance(7, 'query-jobs')).toEqual({ relevant: 1, all: 1 });
    now.happened(6);
    expect(now.distance(2, 'query-jobs')).toEqual({ relevant: 1, all: 2 });
    expect(now.distance(7, 'query-jobs')).toEqual({ relevant: 0, all: 0 });
    expect(now.latest).toBe(6);
  });

  test('counts by what the question is about', () => {
    const now = progress();
    now.happened(0);
    now.happened(6);
    expect(now.distance(7, 'query-jobs')).toEqual({ relevant: 0, all: 1 });
    expect(now.distance(7, 'query-block')).toEqual({ relevant: 1, all: 1 });
  });

  test('does not count what the client left out', () => {
    const now = progress();
    now.reached(9);
    now.happened(9);
    expect(now.distance(11, 'query-block')).toEqual({ relevant: 0, all: 0 });
    now.happened(0);
    now.happened(0);
    expect(now.distance(0, 'query-block')).toEqual({ relevant: 2, all: 2 });
  });

  test('is what counting one by one gives', () => {
    const changes = causesOf(plan).changes;
    const act = fc.record({ reach: fc.boolean(), place: fc.constantFrom(...changes) });
    fc.assert(
      fc.property(fc.array(act), fc.nat(plan.steps.length), (acts, asked) => {
        const now = progress();
        const happened = new Set<number>();
        let furthest = -1;
        for (const { reach, place } of acts) {
          if (reach) {
            now.reached(place);
            furthest = Math.max(furthest, place);
          } else {
            now.happened(place);
            happened.add(place);
          }
        }
        const expected = changes.filter((place) =>
          place < asked ? !happened.has(place) && place >= furthest : happened.has(place),
        ).length;
        expect(now.distance(asked, undefined)).toEqual({ relevant: expected, all: expected });
      }),
    );
  });
});

test('places are counted', () => {
  expect([0, 1, 2, 9, 10].map((place) => countBefore([1, 2, 9], place))).toEqual([0, 0, 1, 2, 3]);
});
