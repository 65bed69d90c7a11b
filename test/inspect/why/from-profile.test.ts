import { expect, test } from 'vitest';
import { Profile } from '../../../src/inspect/profile/profile.js';
import { profileFindings } from '../../../src/inspect/why/from-profile.js';
import { exchange, played } from '../../support/conversation.js';

const usual = Array.from({ length: 20 }, () => exchange('query-version', undefined, {}, 3)).flat();
const against = new Profile();
against.add(played(usual));

test('what is slower than usual, and what was never seen, if a profile is given', () => {
  const recording = played([
    ...exchange('query-version', undefined, {}, 50),
    ...exchange('query-version', undefined, {}, 5),
    ...exchange('query-uuid'),
  ]);
  expect([...profileFindings(against, played(usual))]).toEqual([]);
  expect([...profileFindings(against, recording)]).toMatchObject([
    {
      kind: 'slower-than-usual',
      level: 'warning',
      at: { session: 1, seq: 1, t: 1e6 },
      title: 'query-version took 50ms, 2 times: p99.9 3.0ms, longest 3.0ms of 20',
      seqs: [1, 3],
      count: 2,
    },
    { kind: 'never-seen', level: 'note', subject: 'query-uuid', title: 'query-uuid was never seen' },
  ]);
});
