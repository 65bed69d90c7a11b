import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { connectedPaths, parseConnected } from '../../../src/launch/host/connected-paths.js';
import { testFolder } from '../../support/folder.js';
import { until } from '../../support/until.js';

test('a socket on which somebody has connected is told from one that only listens', async () => {
  const folder = testFolder();
  const [busy, idle] = [join(folder, 'busy sock'), join(folder, 'idle.sock')];
  for (const path of [busy, idle]) {
    const server = createServer();
    server.listen(path);
    await once(server, 'listening');
    onTestFinished(() => void server.close());
  }
  expect(connectedPaths().has(busy)).toBe(false);
  const client = connect(busy);
  onTestFinished(() => void client.destroy());
  await once(client, 'connect');
  await until('the connection', () => connectedPaths().has(busy));
  expect(connectedPaths().has(idle)).toBe(false);
});

test('one that waits to be accepted counts, abstract names do not', () => {
  const line = (state: string, path: string): string =>
    `00000000: 00000002 00000000 00010000 0001 ${state} 123 ${path}`;
  const table = [
    'Num RefCount Protocol Flags Type St Inode Path',
    line('02', '/a b'),
    line('01', '/c'),
    line('03', '@d'),
  ];
  expect([...parseConnected(table.join('\n'))]).toEqual(['/a b']);
});
