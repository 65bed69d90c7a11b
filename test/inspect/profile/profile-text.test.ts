import { expect, test } from 'vitest';
import { compareWithProfile } from '../../../src/inspect/profile/compare.js';
import { Profile } from '../../../src/inspect/profile/profile.js';
import {
  profileFindingText,
  profileLines,
  profileSummary,
  timeoutJson,
  timeoutLines,
} from '../../../src/inspect/profile/profile-text.js';
import { proposeTimeouts } from '../../../src/inspect/profile/timeouts.js';
import { exchange, played } from '../../support/conversation.js';

const profile = new Profile();
profile.add(played(Array.from({ length: 20 }, () => exchange('query-status', undefined, {}, 2)).flat()));

test('a table of commands, and of time-outs', () => {
  expect(profileLines(profile)).toEqual([
    'command       count  errors  open  shapes    p50    p99  p99.9    max',
    'query-status     20                     1  2.0ms  2.0ms  2.0ms  2.0ms',
  ]);
  expect(profileSummary(profile)).toBe('1 command of 1 session in 1 recording');
  const proposals = proposeTimeouts(profile);
  expect(timeoutLines(proposals)[1]).toMatch(/^query-status +1\.0s +2\.0ms +2\.0ms +20$/);
  expect(proposals.map(timeoutJson)).toEqual([
    {
      type: 'timeout',
      command: 'query-status',
      timeout: 1,
      longest: 0.002,
      p999: 0.002,
      answered: 20,
      unanswered: 0,
    },
  ]);
});

test('a sentence for each finding, escaped', () => {
  const found = compareWithProfile(
    profile,
    played([
      ...exchange('query-status', { a: 1 }, {}, 2),
      ...exchange('\u001b[31m'),
      ...exchange('\u001b[31m'),
      ...exchange('query-status', undefined, {}, 50),
    ]),
  );
  expect(found.map(profileFindingText)).toEqual([
    'query-status took 50ms: p99.9 2.0ms, longest 2.0ms of 20',
    '\\u001b[31m was never seen, 2 times',
    'query-status was never seen with {a}',
  ]);
  const [first] = compareWithProfile(profile, played(exchange('query-status'))).map(profileFindingText);
  expect(first).toBeUndefined();
  const other = new Profile();
  other.add(played([...exchange('stop'), ...exchange('cont')]));
  expect(
    compareWithProfile(other, played([...exchange('cont'), ...exchange('stop')])).map(profileFindingText),
  ).toEqual(['cont was never seen first in a session', 'stop was never seen after cont']);
});
