/** A replayed server, whatever its clients and who reads its output do. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from '../support/folder.js';
import { leaveDescriptors, memoryOf, type Running, start } from '../support/process.js';
import { labTest } from '../support/programs.js';
import { negotiated, QmpClient } from '../support/qmp-client.js';
import { greeting } from '../support/recorded.js';
import { recordingFile } from '../support/recording-file.js';
import { until } from '../support/until.js';

const large = 'x'.repeat(1e6);
const session = [
  `<- ${greeting}`,
  '-> {"execute":"qmp_capabilities","id":1}',
  '<- {"return": {}, "id": 1}',
  '-> {"execute":"query-status","id":2}',
  '<- {"return": {"status": "running"}, "id": 2}',
  '-> {"execute":"query-large","id":3}',
  `<- {"return": "${large}", "id": 3}`,
];

/** A server that plays the session to everybody, and gives an answer as often as it is asked for. */
async function serve(): Promise<{ server: Running; address: string }> {
  const folder = testFolder();
  const address = join(folder, 's.sock');
  const file = await recordingFile(join(folder, 'r.qmptap'), session);
  const flags = ['--keep', '--match', 'content', '--repeat', '*'];
  const words = ['replay', 'server', file, '--listen', address, ...flags];
  const server = start(process.execPath, ['dist/cli/main.js', ...words]);
  await server.says(/replaying/);
  return { server, address };
}

async function expectServed(address: string): Promise<void> {
  const client = await negotiated(address);
  client.execute('query-status', undefined, 'here');
  await client.receives(/"running"\}, "id": "here"/);
  await client.end();
}

test('a client that reads nothing of what it asks for is held up, takes no memory, and does not keep it from ending', async () => {
  const { server, address } = await serve();
  await expectServed(address);
  const before = memoryOf(server.pid, 'VmHWM');
  const client = await QmpClient.connect(address);
  client.socket.pause();
  // In one piece, so that the server may read them all at once.
  client.send('{"execute":"query-large"}\n'.repeat(1000));
  await until('the commands to be on their way', () => client.socket.writableLength === 0);
  for (let n = 0; n < 5; n++) await expectServed(address);
  // Of a thousand megabytes.
  expect(memoryOf(server.pid, 'VmHWM') - before).toBeLessThan(60_000);
  server.signal('SIGTERM');
  expect(await server.ended).toBe(143);
});

test('a client that reads late gets all of it, in order', async () => {
  const { address } = await serve();
  const client = await QmpClient.connect(address);
  client.socket.pause();
  for (let n = 0; n < 20; n++) client.execute('query-large', undefined, n);
  await until('the commands to be on their way', () => client.socket.writableLength === 0);
  await expectServed(address);
  client.socket.resume();
  await until('the answers', () => client.received.reduce((sum, { length }) => sum + length, 0) > 20e6);
  await client.receives(/"id": 19\}/);
  const ids = [...client.text().matchAll(/x", "id": (\d+)/g)].map(([, id]) => Number(id));
  expect(ids).toEqual(Array.from({ length: 20 }, (_, n) => n));
});

test('clients that drop in mid-message leave nothing behind', async () => {
  const { server, address } = await serve();
  const descriptors = (): number => readdirSync(`/proc/${server.pid}/fd`).length;
  await expectServed(address);
  const before = descriptors();
  for (let n = 0; n < 60; n++) {
    const client = await QmpClient.connect(address);
    client.send('{"execute":"query-large"}\n{"execute":"query-la');
    if (n % 2 === 0) await until('a part of the answer', () => client.received.length > 1);
    client.socket.destroy();
  }
  await expectServed(address);
  await until('the descriptors to be closed', () => descriptors() <= before);
  server.signal('SIGTERM');
  expect(await server.ended).toBe(143);
});

labTest('prlimit')('while descriptors are exhausted, clients wait', async () => {
  const { server, address } = await serve();
  const first = await negotiated(address);
  leaveDescriptors(server.pid, 0);
  const waiting = await QmpClient.connect(address);
  await server.says(/cannot accept on .*too many open files.*; trying again/);
  first.execute('query-status', undefined, 'on');
  await first.receives(/"running"\}, "id": "on"/);
  leaveDescriptors(server.pid, 20);
  await waiting.receives(/"QMP"/);
  expect(server.stderr().match(/cannot accept/g)).toHaveLength(1);
});

test('output that is closed, or that nobody reads, keeps no client waiting', async () => {
  for (const stop of ['destroy', 'pause'] as const) {
    const { server, address } = await serve();
    server.child.stdout?.[stop]();
    server.child.stderr?.[stop]();
    const client = await negotiated(address);
    // Each is a divergence, of which a line is told; all are more than a pipe takes.
    for (let n = 0; n < 3000; n++) client.execute(`never-recorded-${n}`, undefined, n);
    await client.receives(/'never-recorded-2999' was not recorded/);
    await expectServed(address);
    server.signal('SIGTERM');
    server.child.stderr?.resume();
    server.child.stdout?.resume();
    expect(await server.ended).toBe(143);
  }
});
