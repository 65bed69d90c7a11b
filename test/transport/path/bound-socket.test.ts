import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { boundSocket } from '../../../src/transport/path/bound-socket.js';
import { testFolder } from '../../support/folder.js';

test('a socket that a process has, without a client for it; one that is left; none', async () => {
  const folder = testFolder();
  let clients = 0;
  const server = createServer(() => (clients += 1)).listen(join(folder, 'live'));
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  expect(boundSocket(join(folder, 'live'))).toBe('bound');
  expect(boundSocket(join(folder, 'none'))).toBe('gone');

  const dead = join(folder, 'dead');
  const script = `require('net').createServer().listen(${JSON.stringify(dead)}, () => console.log(1))`;
  const child = spawn(process.execPath, ['-e', script]);
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(boundSocket(dead)).toBe('dead');
  expect(clients).toBe(0);
});
