import { expect, test } from 'vitest';
import { HeldSockets } from '../../../src/launch/emulator/held-sockets.js';
import type { Listener } from '../../../src/transport/listener.js';
import type { ProxyEvent } from '../../../src/transport/session/drive.js';
import type { Stream } from '../../../src/transport/stream.js';

const stream = (fd?: number, first: () => void = () => undefined): Stream =>
  ({ fd, takeFirst: first, peer: { address: 'x' } }) as unknown as Stream;

const joined = (session: number, client: Stream, server: Stream): ProxyEvent => ({
  ...{ type: 'joined', session, client, server },
});

function rig() {
  const told: string[] = [];
  const listener = { fd: 999_999 } as unknown as Listener;
  const held = new HeldSockets(listener, {
    changed: () => told.push('changed'),
    unheld: (why) => told.push(why),
  });
  return { told, held };
}

test('sessions are held from when both sides are there until they are closed', () => {
  const { told, held } = rig();
  expect(held.kept).toEqual({ listener: 999_999, sessions: [] });
  let first = 0;
  const count = (): void => {
    first += 1;
  };
  held.follow(joined(1, stream(10, count), stream(11, count)));
  held.follow(joined(2, stream(12), stream(13)));
  expect(held.kept?.sessions).toEqual([
    { client: 10, server: 11 },
    { client: 12, server: 13 },
  ]);
  expect(first).toBe(2);
  held.follow({ type: 'closed', session: 1, end: 'client-closed', reason: undefined });
  held.follow({ type: 'closed', session: 1, end: 'client-closed', reason: undefined });
  expect(held.kept?.sessions).toEqual([{ client: 12, server: 13 }]);
  expect(told).toEqual(['changed', 'changed', 'changed']);
});

test('what has no descriptor cannot be held, which is told', () => {
  const { told, held } = rig();
  held.follow(joined(1, stream(10), stream()));
  expect(held.kept?.sessions).toEqual([]);
  expect(told).toEqual([expect.stringMatching(/only unix sockets can be held/)]);
});
