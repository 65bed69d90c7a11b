import { expect, test } from 'vitest';
import { sessionEndOf, sessionEnds } from '../../src/recording/session.js';

test('an end is known by its name', () => {
  expect(sessionEnds.map(sessionEndOf)).toEqual(sessionEnds);
});

test.each(['', 'closed', 'Client-Closed', 'client-closed ', 'toString', 0, null, undefined, ['stopped']])(
  '%j is no end',
  (value) => {
    expect(sessionEndOf(value)).toBeUndefined();
  },
);
