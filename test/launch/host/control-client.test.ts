import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { askHost } from '../../../src/launch/host/control-client.js';
import { controlSocket, hostFolder } from '../../../src/launch/host/control.js';
import { testFolder } from '../../support/folder.js';

test('a host that ends while it is asked, and one that is not there, are told in one line', async () => {
  const recordings = testFolder();
  mkdirSync(hostFolder(recordings));
  const path = controlSocket(recordings);
  await expect(askHost(path, { ask: 'vms' })).rejects.toThrow(
    `${recordings}: no host records into this folder; start`,
  );
  const server = createServer((socket) => socket.end('{"type":"vm"'));
  server.listen(path);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  await expect(askHost(path, { ask: 'vms' })).rejects.toThrow('the host ended while it was asked');
});
