import { expect, test } from 'vitest';
import { type ConnectionOptions, ReplayConnection } from '../../../src/launch/replay/replay-connection.js';
import type { Divergence } from '../../../src/replay/match/divergence.js';
import { planSession } from '../../../src/replay/plan/plan.js';
import { serverOptions } from '../../replay/playbook.js';
import { greeting, recorded } from '../../support/recorded.js';
import { collect, type Collector, descriptors, streamPair } from '../../support/streams.js';
import { MemorySink } from '../../support/traffic-sink.js';

const lines = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => [
    `-> {"execute":"query-block","id":${at}}`,
    `<- {"return": ["${'x'.repeat(5000)}"], "id": ${at}}`,
  ]).flat();

interface Played {
  readonly connection: ReplayConnection;
  readonly client: Collector;
  readonly sink: MemorySink;
  readonly told: { divergences: Divergence[]; troubles: string[]; active: number };
  readonly over: Promise<void>;
}

/** A recorded session, and its client. */
function play(script: readonly string[], options: Partial<ConnectionOptions> = {}): Played {
  const reader = recorded(script);
  const [session] = reader.sessions();
  const plan = planSession(session!, reader.messages(), { injected: 'leave-out' });
  const [ours, theirs] = streamPair();
  const client = collect(theirs);
  const sink = new MemorySink();
  const told: Played['told'] = { divergences: [], troubles: [], active: 0 };
  let connection!: ReplayConnection;
  const over = new Promise<void>((resolve) => {
    connection = new ReplayConnection(
      ours,
      plan,
      { machine: serverOptions(), upstream: undefined, sink, address: '/q', ...options },
      {
        active: () => (told.active += 1),
        diverged: (divergence) => told.divergences.push(divergence),
        trouble: (text) => told.troubles.push(text),
        over: resolve,
      },
    );
  });
  return { connection, client, sink, told, over };
}

const boot = [`<- ${greeting}`, '-> {"execute":"qmp_capabilities","id":1}', '<- {"return": {}, "id": 1}'];

test('a client is answered, and all that it is told is recorded with its own ids', async () => {
  const { client, sink, told, over } = play(boot);
  await client.until(({ length }) => length > 0);
  client.stream.write(Buffer.from('{"execute":"qmp_capabilities","id":"mine"}\n'), descriptors(1));
  await client.until(({ bytes }) => bytes.includes('mine'));
  client.stream.close();
  await over;
  const session = sink.session(1);
  expect(session.text('s2c')).toBe(`${greeting}\r\n{"return": {}, "id": "mine"}\r\n`);
  expect(session.text('s2c')).toBe(client.bytes.toString());
  expect(session.text('c2s')).toBe('{"execute":"qmp_capabilities","id":"mine"}\n');
  expect([session.fds('c2s'), session.closed?.end, session.start.server.address]).toEqual([
    1,
    'client-closed',
    '/q',
  ]);
  expect(told).toMatchObject({ divergences: [], troubles: [] });
  expect(told.active).toBeGreaterThan(0);
});

test('what the recording does not have is told, and answered with an error', async () => {
  const { client, told, connection, over } = play(boot);
  client.stream.write(Buffer.from('{"execute":"stop"}\n'), []);
  await client.until(({ bytes }) => bytes.includes('"error"'));
  expect(told.divergences).toMatchObject([{ kind: 'miss' }]);
  connection.close();
  await over;
});

test('of a client that does not read its answers no more commands are taken; nothing is lost', async () => {
  const count = 400;
  const { client, told, connection, over } = play([`<- ${greeting}`, ...lines(count)]);
  client.stream.pause();
  for (let at = 0; at < count; at++)
    client.stream.write(Buffer.from(`{"execute":"query-block","id":${at}}\n`), []);
  // The answers are more than a socket holds.
  expect(connection.account).toBeDefined();
  client.stream.resume();
  await client.until(({ bytes }) => bytes.includes(`"id": ${count - 1}}`));
  const answers = client.bytes.toString().trimEnd().split('\r\n').slice(1);
  expect(answers.map((line) => (JSON.parse(line) as { id: number }).id)).toEqual(
    Array.from({ length: count }, (_, at) => at),
  );
  expect(told.divergences).toEqual([]);
  connection.close();
  await over;
});

test('a client that is cut off is over, and so is one that goes by itself', async () => {
  const cut = play(boot);
  cut.connection.cutOff();
  await cut.over;
  expect(cut.sink.session(1).closed).toMatchObject({ end: 'stopped' });
  const gone = play(boot);
  await gone.client.until(({ length }) => length > 0);
  gone.client.stream.destroy();
  await gone.over;
  expect(gone.sink.session(1).closed?.end).toMatch(/^client-/);
});
