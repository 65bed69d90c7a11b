import { expect, test } from 'vitest';
import { Profile } from '../../../src/inspect/profile/profile.js';
import { proposeTimeouts } from '../../../src/inspect/profile/timeouts.js';
import { exchange, played } from '../../support/conversation.js';

test('twice the longest, rounded up, at least a second; the longest first', () => {
  const profile = new Profile();
  profile.add(
    played([
      ...exchange('stop', undefined, {}, 3),
      ...exchange('drive-backup', undefined, {}, 7000),
      ...exchange('quit', undefined, {}, 4_000_000),
      ['->', { execute: 'cont' }],
    ]),
  );
  const found = proposeTimeouts(profile);
  expect(
    found.map(({ command, timeout, longest, of }) => [command, timeout / 1e9, longest / 1e6, of]),
  ).toEqual([
    ['quit', 10_800, 4_000_000, 1],
    ['drive-backup', 15, 7000, 1],
    ['stop', 1, 3, 1],
  ]);
  for (const { timeout, longest } of found) expect(timeout).toBeGreaterThan(longest);
});
