import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openRecording } from '../../src/store/index/open.js';
import { type Peers, Rig } from '../support/fault-rig.js';
import { until } from '../support/until.js';

test('a server that dies in mid-message: the half arrives, is kept, and ends the session', async () => {
  const rig = await Rig.start({ flags: ['--quiet', '--once'] });
  const { client, server } = await rig.connect();
  await client.converse(5);
  server.send('{"return": {"half": "a mess');
  await until('the half', () => client.received.length === server.sent.length);
  server.socket.destroy();
  await until('the close', () => client.socket.readableEnded);
  client.socket.end();
  expect(await rig.recorder.ended).toBe(0);
  rig.expectAllPassed();
  rig.expectWhole();
  using reader = openRecording(rig.file);
  expect([...reader.messages()].at(-1)).toMatchObject({ kind: 'partial', dir: 's2c' });
  expect(reader.sessions()[0]!.end).toMatch(/^server-/);
});

test(
  '500 sessions opened and dropped: all are kept, and nothing stays behind',
  { timeout: 120_000 },
  async () => {
    const rig = await Rig.start({ flags: ['--quiet'] });
    const descriptors = (): number => readdirSync(`/proc/${rig.recorder.pid}/fd`).length;
    // The first session and the tables are as much as there ever is.
    const first = await rig.connect();
    await first.client.converse(5);
    await first.client.end();
    await rig.tabled();
    const before = descriptors();
    const ways = [
      (): void => undefined, // dropped at once
      ({ client }: Peers): void => void client.send('{"execute":'),
      ({ client }: Peers): void => {
        client.keepBusy(3);
      },
      ({ server }: Peers): void => {
        server.flood(1000, 50_000);
      },
      ({ server }: Peers): void => void server.socket.destroy(),
    ];
    for (let session = 0; session < 500; session++) {
      const peers = await rig.connect();
      ways[session % ways.length]!(peers);
      peers.client.socket.destroy();
    }
    // One after them is served as if nothing had been.
    const { client } = await rig.connect();
    await client.converse(5);
    await client.end();
    await until('the descriptors to be closed', () => descriptors() <= before);
    expect(await rig.end()).toBe(143);
    const kept = rig.expectPrefix();
    expect(kept).toHaveLength(502);
    expect(kept.every(({ end }) => end !== undefined && end !== 'cut-off')).toBe(true);
    expect(rig.told()).toEqual([]);
  },
);

test('a client that reads nothing while the server floods: held up, not kept in memory, and others are served', async () => {
  const rig = await Rig.start();
  const { client, server } = await rig.connect();
  await client.converse(5);
  const before = rig.memory('VmHWM');
  client.socket.pause();
  server.flood(100_000, 100e6);
  const other = await rig.connect();
  await other.client.converse(50);
  await other.client.end();
  const taken = server.sent.length - server.socket.writableLength;
  expect(taken).toBeLessThan(20e6);
  expect(rig.memory('VmHWM') - before).toBeLessThan(60_000);
  client.socket.resume();
  server.socket.removeAllListeners('drain');
  await client.converse(5);
  await client.end();
  await rig.endWhole();
});

test('a client that reads nothing, at the end: what it did not take is in the recording all the same', async () => {
  const rig = await Rig.start();
  const { client, server } = await rig.connect();
  await client.converse(5);
  client.socket.pause();
  server.flood(100_000, 5e6);
  await until('the server to be held up', () => server.socket.writableLength > 0);
  expect(await rig.end()).toBe(143);
  const [kept] = rig.expectPrefix();
  expect(kept!.s2c).toBeGreaterThan(client.received.length);
});
