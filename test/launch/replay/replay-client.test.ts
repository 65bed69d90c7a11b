import { describe, expect, onTestFinished, test } from 'vitest';
import { ConnectError, DivergenceError, RecordingError, UsageError } from '../../../src/errors.js';
import { replayClient } from '../../../src/launch/replay/replay-client.js';
import { replayServer } from '../../../src/launch/replay/replay-server.js';
import { MemoryRecording } from '../../../src/recording/memory.js';
import { recordedFrom } from '../../replay/playbook.js';

const script = [
  { '->': { execute: 'query-status' }, '<-': { return: { status: 'running', running: true } } },
  { '->': { execute: 'stop' }, '<-': [{ event: 'STOP' }, { return: {} }] },
];

async function serve(entries: typeof script): Promise<string> {
  const server = await replayServer(entries, { onMiss: 'error', match: 'content' });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server.address;
}

describe('a replayed client', () => {
  test('is content with a server that answers as recorded', async () => {
    const client = await replayClient(script, { connect: await serve(script) });
    await client.verify();
    expect(await client.finished).toEqual({
      sessions: [{ session: 1, played: 3, unused: 0, repeated: {}, forwarded: 0, skipped: 0 }],
      diverged: 0,
      divergences: [],
    });
  });

  test('tells how a server answers differently', async () => {
    const other = [
      { '->': { execute: 'query-status' }, '<-': { return: { status: 'paused', running: false } } },
    ];
    const client = await replayClient(script, { connect: await serve(other), timeout: 50 });
    await expect(client.verify()).rejects.toThrow(DivergenceError);
    const { divergences } = await client.finished;
    expect(divergences.map(({ kind }) => kind)).toEqual(['difference', 'difference', 'never-came']);
    expect(divergences[0]?.differences).toEqual([
      { path: 'return.status', expected: '"running"', actual: '"paused"' },
      { path: 'return.running', expected: 'true', actual: 'false' },
    ]);
    const lenient = await replayClient(script.slice(0, 1), {
      connect: await serve(other),
      ignore: ['return.*'],
    });
    await lenient.verify();
  });

  test('can be stopped', async () => {
    const client = await replayClient(script, { connect: await serve([]) });
    expect((await client.stop()).diverged).toBe(0);
  });

  test('says what is wrong before anything is sent', async () => {
    const connect = await serve(script);
    await expect(replayClient(script, { connect: 'unix:/nowhere/q.sock' })).rejects.toThrow(ConnectError);
    await expect(replayClient(script, { connect, fds: { migrate: '/tmp/x' } })).rejects.toThrow(
      /--fd migrate: no recorded command has a descriptor of that name; no command carries one/,
    );
    await expect(replayClient(script, { connect, pacing: 'soon' })).rejects.toThrow(UsageError);
    await expect(replayClient(new MemoryRecording('none.qmptap'), { connect })).rejects.toThrow(
      RecordingError,
    );
    const twice = new MemoryRecording('two.qmptap');
    for (const id of [1, 2]) twice.openSession(id, { ...recordedFrom([]).session, started: 0 });
    await expect(replayClient(twice, { connect })).rejects.toThrow(
      'two.qmptap: it has 2 sessions, and a client speaks one; choose with --session N',
    );
    await expect(replayClient(twice, { connect, session: 3 })).rejects.toThrow('it has no session 3');
  });
});
