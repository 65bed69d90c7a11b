import { describe, expect, onTestFinished, test } from 'vitest';
import { DivergenceError } from '../../../src/errors.js';
import type { ReplayServerOptions, RunningReplayServer } from '../../../src/launch/replay/replay-options.js';
import { replayServer } from '../../../src/launch/replay/replay-server.js';
import type { ReplaySource } from '../../../src/launch/replay/replay-source.js';
import { negotiated, QmpClient } from '../../support/qmp-client.js';

async function serve(source: ReplaySource, options?: ReplayServerOptions): Promise<RunningReplayServer> {
  const server = await replayServer(source, options);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

function pathOf(server: RunningReplayServer): string {
  return server.address.replace('unix:', '');
}

describe('a scripted server', () => {
  const script = [
    { '->': { execute: 'query-status' }, '<-': { return: { status: 'running', running: true } } },
    { '->': { execute: 'stop' }, '<-': [{ event: 'STOP' }, { return: {} }] },
  ];

  test('answers a client with its ids, and is content', async () => {
    const server = await serve(script);
    const client = await negotiated(pathOf(server));
    client.execute('query-status', undefined, { any: ['id', 1] });
    await client.receives(/"running": true\}, "id": \{"any": \["id", 1\]\}\}\r\n$/);
    client.execute('stop');
    await client.receives(/\{"event": "STOP"\}\r\n\{"return": \{\}\}\r\n$/);
    await server.verify();
    await client.end();
    await server.finished;
    expect(await server.stop()).toEqual({
      sessions: [{ session: 1, played: 3, unused: 0, repeated: {}, forwarded: 0, skipped: 0 }],
      diverged: 0,
      divergences: [],
    });
  });

  test('tells what was not asked for', async () => {
    const server = await serve(script);
    const client = await negotiated(pathOf(server));
    await expect(server.verify(50)).rejects.toThrow(/2 recorded messages were never sent by the client/);
    client.execute('query-block');
    await client.receives(/'query-block' is not what was recorded here, 'query-status'/);
    await expect(server.verify()).rejects.toThrow(DivergenceError);
  });

  test('waits for a client that is still at it', async () => {
    const server = await serve(script);
    const client = await negotiated(pathOf(server));
    client.execute('query-status');
    client.execute('stop');
    await server.verify();
  });

  test('verifies nothing if nobody came', async () => {
    const server = await serve(script);
    await expect(server.verify(20)).rejects.toThrow('no client has connected');
  });

  test('ends a wait at its bound', async () => {
    const server = await serve(script, { timeout: 30 });
    await server.finished;
    expect((await server.stop()).divergences.map(({ summary }) => summary)).toEqual([
      'no client came for 0.03 s',
    ]);
    const second = await serve(script, { timeout: 30 });
    await QmpClient.connect(pathOf(second));
    await second.finished;
    expect((await second.stop()).divergences.map(({ summary }) => summary)).toEqual([
      'the client sent nothing for 0.03 s; 3 recorded messages were left',
    ]);
  });
});
