import { createConnection } from 'node:net';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ReplayServerOptions, RunningReplayServer } from '../../../src/launch/replay/replay-options.js';
import { replayServer } from '../../../src/launch/replay/replay-server.js';
import type { ReplaySource } from '../../../src/launch/replay/replay-source.js';
import { openRecording } from '../../../src/store/index/open.js';
import { testFolder } from '../../support/folder.js';
import { QmpClient } from '../../support/qmp-client.js';
import { greeting, recorded } from '../../support/recorded.js';
import { until } from '../../support/until.js';

async function serve(source: ReplaySource, options?: ReplayServerOptions) {
  const server = await replayServer(source, options);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { server, path: server.address.replace('unix:', '') };
}

/** Says its one command, and tells what came. */
async function ask(path: string, name: string): Promise<string> {
  const client = await QmpClient.connect(path);
  client.execute(name);
  await client.receives(/"return"|"error"/);
  await client.end();
  return /"(?:return|desc)": "?([^"}]*)/.exec(client.text())?.[1] ?? '';
}

function oneCommand(name: string): string[] {
  return [`<- ${greeting}`, `-> {"execute":"${name}"}`, `<- {"return": "${name}"}`];
}

async function kinds(server: RunningReplayServer): Promise<string[]> {
  return (await server.stop()).divergences.map(({ kind, session }) => `${kind} in session ${session}`);
}

describe('the sessions of a recording', () => {
  test('are played to one client after the other', async () => {
    const { server, path } = await serve(recorded(oneCommand('a'), oneCommand('b')));
    expect([await ask(path, 'a'), await ask(path, 'b')]).toEqual(['a', 'b']);
    await server.finished;
    await server.verify();
    expect(await kinds(server)).toEqual([]);
  });

  test('are all wanted under strict, and not more than there are', async () => {
    const { server, path } = await serve(recorded(oneCommand('a'), oneCommand('b')));
    await ask(path, 'a');
    await expect(server.verify(10)).rejects.toThrow('session 2: no client came for this session');
    expect(await kinds(server)).toEqual(['unused in session 2']);
    const other = await serve(recorded(oneCommand('a')));
    await ask(other.path, 'a');
    const surplus = await QmpClient.connect(other.path);
    await until('the surplus client to be turned away', () => surplus.closed || surplus.socket.readableEnded);
    expect(await kinds(other.server)).toEqual(['surplus in session 1']);
  });

  test('are begun again with keep; one is chosen by its number', async () => {
    const { path } = await serve(recorded(oneCommand('a'), oneCommand('b')), { clients: 'keep' });
    expect([await ask(path, 'a'), await ask(path, 'b'), await ask(path, 'a')]).toEqual(['a', 'b', 'a']);
    const chosen = await serve(recorded(oneCommand('a'), oneCommand('b')), { session: 2, clients: 'keep' });
    expect([await ask(chosen.path, 'b'), await ask(chosen.path, 'b')]).toEqual(['b', 'b']);
    await chosen.server.verify();
  });

  test('are played at the same time, each to its client', async () => {
    const { server, path } = await serve(recorded(oneCommand('a'), oneCommand('b')));
    const first = await QmpClient.connect(path);
    await first.receives(/QMP/);
    expect(await ask(path, 'b')).toBe('b');
    first.execute('a');
    await first.receives(/"return": "a"/);
    await server.verify();
  });
});

describe('a replayed server', () => {
  test('answers garbage, and tells of it', async () => {
    const { server, path } = await serve(recorded(oneCommand('a')));
    const client = await QmpClient.connect(path);
    client.send('\xff@@@\r\n{"execute": nonsense}\r\n{"execute":"a"}');
    await client.receives(/"return": "a"/);
    expect(client.text()).toContain('JSON parse error, invalid keyword');
    client.socket.destroy();
    await server.finished;
    expect(await kinds(server)).toEqual(['garbage in session 1', 'garbage in session 1']);
  });

  test('takes no more commands from a client that does not read', async () => {
    const answer = `{"return": "${'x'.repeat(100_000)}"}`;
    const exchanges = Array.from({ length: 100 }, () => ['-> {"execute":"big"}', `<- ${answer}`]).flat();
    const { server, path } = await serve(recorded([`<- ${greeting}`, ...exchanges]));
    const socket = createConnection(path);
    onTestFinished(() => void socket.destroy());
    let received = 0;
    socket.pause();
    socket.on('data', (chunk: Buffer) => (received += chunk.length));
    for (let count = 0; count < 100; count++) {
      socket.write('{"execute":"big"}\r\n');
      await new Promise((resolve) => setImmediate(resolve));
    }
    await expect(server.verify(100)).rejects.toThrow(/never sent by the client/);
    socket.resume();
    await until('all answers', () => received >= 100 * answer.length);
    await server.verify();
  });

  test('stops while somebody waits for what is missing', async () => {
    const answer = `{"return": "${'x'.repeat(4_000_000)}"}`;
    const { server, path } = await serve(
      recorded([`<- ${greeting}`, '-> {"execute":"big"}', `<- ${answer}`, '-> {"execute":"a"}']),
    );
    const client = await QmpClient.connect(path);
    client.execute('big');
    await client.receives(/"return"/);
    client.socket.pause();
    const stopped = server.stop();
    await expect(server.verify(10)).rejects.toThrow('never sent by the client');
    client.socket.resume();
    expect((await stopped).divergences).toHaveLength(1);
  });

  test('removes its own socket', async () => {
    const { server, path } = await serve(recorded(oneCommand('a')));
    expect(existsSync(path)).toBe(true);
    await server.stop();
    expect(existsSync(dirname(path))).toBe(false);
  });

  test('records what it told its clients', async () => {
    const output = join(testFolder(), 'told.qmptap');
    const { server, path } = await serve(recorded(oneCommand('a')), { output });
    await ask(path, 'a');
    await server.stop();
    using told = openRecording(output);
    expect(told.sessions().map(({ end, messages }) => [end, messages])).toEqual([['client-closed', 3]]);
    expect([...told.messages()].map(({ kind, name }) => name ?? kind)).toEqual(['greeting', 'a', 'success']);
  });
});
