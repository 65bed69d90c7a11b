import { describe, expect, test } from 'vitest';
import { ContentCues, StrictCues } from '../../../src/replay/plan/cues.js';
import { greeting, planned } from '../playbook.js';

/** 0 greeting, 1 -> slow, 2 -> fast (out of band), 3 <- fast, 4 <- slow, 5 event, 6 the close. */
const plan = planned(
  `
  <- ${greeting}
  -> {"execute":"a","id":"slow"}
  -> {"exec-oob":"b","id":"fast"}
  <- {"return": {}, "id": "fast"}
  <- {"return": {}, "id": "slow"}
  <- {"event": "SHUTDOWN"}
`,
  { end: 'server-closed' },
);

describe('cues', () => {
  test('under strict keep the recorded order', () => {
    const cues = new StrictCues(plan);
    expect(cues.connected()).toEqual([0]);
    expect(cues.taken(1)).toEqual([]);
    expect(cues.taken(2)).toEqual([3, 4, 5, 6]);
    expect(cues.taken(2)).toEqual([]);
  });

  test('under content are answers alone', () => {
    const cues = new ContentCues(plan);
    expect(cues.connected()).toEqual([0]);
    expect(cues.taken(1)).toEqual([4]);
    expect(cues.taken(2)).toEqual([3]);
  });

  test('of a server that closes at once', () => {
    const silent = planned('', { end: 'server-closed' });
    expect(new StrictCues(silent).connected()).toEqual([0]);
    expect(new ContentCues(silent).connected()).toEqual([]);
  });
});
