import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ConnectError } from '../../../src/errors.js';
import { startingQemu } from '../../../src/launch/qemu/qemu-server.js';
import { testFolder } from '../../support/folder.js';

test('is found as soon as it has its socket', async () => {
  const path = join(testFolder(), 'q.sock');
  let asked = 0;
  const server = createServer();
  onTestFinished(() => void server.close());
  const qemu = startingQemu(path, () => {
    // QEMU makes its socket some attempts later.
    if (++asked === 3) server.listen(path);
    return true;
  });
  expect(qemu.address).toBe(`unix:${path}`);
  const stream = await qemu.find(new AbortController().signal, () => undefined);
  expect(asked).toBeGreaterThanOrEqual(3);
  stream.destroy();
});

test('is given up once QEMU has ended, but not before one last attempt', async () => {
  let lives = 2;
  const qemu = startingQemu(join(testFolder(), 'q.sock'), () => lives-- > 0);
  const error: unknown = await Promise.resolve(
    qemu.find(new AbortController().signal, () => undefined),
  ).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConnectError);
  expect(error).toMatchObject({ reason: 'QEMU has ended' });
  expect(lives).toBe(-1);
});

test('is no longer waited for once nobody wants it', async () => {
  const ending = new AbortController();
  const found = startingQemu(join(testFolder(), 'q.sock'), () => true).find(ending.signal, () => undefined);
  ending.abort(new Error('not wanted'));
  await expect(found).rejects.toThrow();
});
