import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from '../../../support/folder.js';
import { qmptap, start } from '../../../support/process.js';

test('says when it holds, is ended by no signal, and ends with the host if there is nothing to hold', async () => {
  const host = start('sh', ['-c', 'read x'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const address = join(testFolder(), 'holder.sock');
  const words = ['host', 'hold', '--address', address, '--pid', String(host.pid), '--', 'false'];
  const holder = qmptap(words, { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  const ready = holder.child.stdio[3];
  await new Promise((resolve) => ready?.once('data', resolve));
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) holder.signal(signal);
  host.signal('SIGKILL');
  expect(await holder.ended).toBe(0);
  expect(holder.stderr()).toBe('');
});
