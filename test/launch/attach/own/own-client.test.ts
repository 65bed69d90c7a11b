import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { connectClient } from '../../../../src/launch/attach/own/own-client.js';
import { testFolder } from '../../../support/folder.js';

test('negotiates, reads what comes, and ends with the server', async () => {
  const path = join(testFolder(), 's');
  const server = createServer().listen(path);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const [[socket], client] = (await Promise.all([once(server, 'connection'), connectClient(path)])) as [
    [Socket],
    Awaited<ReturnType<typeof connectClient>>,
  ];
  socket.write('{"QMP": {}}');
  const [sent] = (await once(socket, 'data')) as [Buffer];
  expect(sent.toString()).toBe('{"execute":"qmp_capabilities"}\r\n');
  socket.end(Buffer.alloc(1 << 20, 0x20));
  await client.ended;
});
