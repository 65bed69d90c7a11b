import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lockSocket } from '../../../src/transport/unix/socket-lock.js';
import { testFolder } from '../../support/folder.js';
import { until } from '../../support/until.js';

test('one process at a time has the lock on a socket, until it ends', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(testFolder(), 's'), resolve));
  const { fd } = (server as unknown as { _handle: { fd: number } })._handle;
  const code = `import { lockSocket } from ${JSON.stringify(join(process.cwd(), 'dist/transport/unix/socket-lock.js'))};
    console.log(lockSocket(3)); process.stdin.resume();`;
  const other = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['pipe', 'pipe', 'inherit', fd],
  });
  onTestFinished(() => {
    other.kill('SIGKILL');
    server.close();
  });
  const [said] = (await once(other.stdout!, 'data')) as [Buffer];
  expect(said.toString()).toBe('true\n');
  expect(lockSocket(fd)).toBe(false);
  other.kill('SIGKILL');
  await until('the lock', () => lockSocket(fd));
  // The one that has it may ask again.
  expect(lockSocket(fd)).toBe(true);
});
