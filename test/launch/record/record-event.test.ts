import { expect, test } from 'vitest';
import { plainEvent } from '../../../src/launch/record/record-event.js';
import type { Stream } from '../../../src/transport/stream.js';

/** A connection of which nothing but its peer may be touched. */
function untouchable(address: string): Stream {
  return new Proxy({} as Stream, {
    get: (_, name) => {
      if (name !== 'peer') throw new Error(`${String(name)} was read`);
      return { address };
    },
  });
}

test('who is joined is told by name, and no stream gets out', () => {
  const client = untouchable('unix:/c');
  const server = untouchable('unix:/s');
  const event = plainEvent({ type: 'joined', session: 1, client, server });
  expect(event).toEqual({
    type: 'joined',
    session: 1,
    client: { address: 'unix:/c' },
    server: { address: 'unix:/s' },
  });
  expect(structuredClone(event)).toEqual(event);
});

test('what is plain already stays as it is', () => {
  const event = { type: 'waiting', session: 1, reason: undefined } as const;
  expect(plainEvent(event)).toBe(event);
});
