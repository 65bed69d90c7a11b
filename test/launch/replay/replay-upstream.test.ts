import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { replayServer } from '../../../src/launch/replay/replay-server.js';
import { testFolder } from '../../support/folder.js';
import { QmpClient } from '../../support/qmp-client.js';
import { greeting, recorded } from '../../support/recorded.js';

const recording = recorded([
  `<- ${greeting}`,
  '-> {"execute":"qmp_capabilities"}',
  '<- {"return": {}}',
  '-> {"execute":"known"}',
  '<- {"return": "recorded"}',
]);

/** A replayed server that forwards, and a client of it; `upstream` is what the real server does with a client. */
async function forwarding(upstream: string | ((socket: Socket) => void)) {
  const path = typeof upstream === 'string' ? upstream : join(testFolder(), 'real.sock');
  if (typeof upstream !== 'string') {
    const real = createServer(upstream);
    await new Promise<void>((resolve) => real.listen(path, resolve));
    onTestFinished(() => void real.close());
  }
  const troubles: string[] = [];
  const server = await replayServer(recording, {
    match: 'content',
    onMiss: 'forward',
    upstream: path,
    onTrouble: (text) => troubles.push(text),
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { server, troubles, client: await QmpClient.connect(server.address.replace('unix:', '')) };
}

describe('what was not recorded', () => {
  test('is answered by the real server, in its place', async () => {
    const { server, client } = await forwarding((socket) => {
      socket.write(`${greeting}\r\n`);
      socket.on('data', (chunk) => {
        for (const line of chunk.toString().trim().split('\n')) {
          const { execute, id } = JSON.parse(line) as { execute: string; id?: unknown };
          if (execute === 'new') socket.write('{"event": "NEW"}\r\n');
          socket.write(`${JSON.stringify({ return: execute, id })}\r\n`);
        }
      });
      socket.on('error', () => undefined);
    });
    client.send('{"execute":"qmp_capabilities","id":1}{"execute":"new","id":2}{"execute":"known","id":3}');
    await client.receives(/"id": 3}/);
    expect(client.text().split('\r\n').slice(1, -1)).toEqual([
      '{"return": {}, "id": 1}',
      '{"event": "NEW"}',
      '{"return":"new","id":2}',
      '{"return": "recorded", "id": 3}',
    ]);
    await server.verify();
    expect((await server.stop()).sessions[0]).toMatchObject({ played: 2, forwarded: 1 });
  });

  test('is an error if the real server cannot be reached', async () => {
    const { client, troubles } = await forwarding('/nowhere/real.sock');
    client.send('{"execute":"new","id":2}{"execute":"new","id":3}');
    await client.receives(/"id": 3/);
    expect(client.text()).toMatch(/"id": 2, "error": .*the server that this was forwarded to is gone/);
    expect(troubles).toEqual([expect.stringContaining('cannot connect to unix:/nowhere/real.sock')]);
  });

  test('is an error if the real server goes', async () => {
    const { client, troubles } = await forwarding((socket) => {
      socket.end(`${greeting}\r\n`);
      socket.on('error', () => undefined);
    });
    client.send('{"execute":"new","id":2}');
    await client.receives(/"id": 2, "error"/);
    expect(troubles).toHaveLength(1);
  });
});
