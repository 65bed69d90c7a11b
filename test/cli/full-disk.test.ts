import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { testFolder } from '../support/folder.js';
import { qmptap, run } from '../support/process.js';
import { QmpClient } from '../support/qmp-client.js';
import { until } from '../support/until.js';

/** A file system of one megabyte; only root may make one. */
function smallDisk(folder: string): string | undefined {
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync('umount', ['-l', disk]));
  return disk;
}

test('a full disk stops the recording, not the traffic, and the user is told once', async (context) => {
  const folder = testFolder();
  const disk = smallDisk(folder);
  if (disk === undefined) {
    context.skip('mounting a small file system needs root');
    return;
  }
  const total = 8 << 20;
  const line = Buffer.from(`{"event": "X", "data": "${'x'.repeat(1000)}"}\r\n`);
  const server = createServer((socket) => {
    for (let sent = 0; sent < total; sent += line.length) socket.write(line);
    socket.end();
  });
  await new Promise<void>((resolve) => server.listen(join(folder, 's.sock'), resolve));
  onTestFinished(() => void server.close());
  const file = join(disk, 'r.qmptap');
  const listen = join(folder, 'c.sock');
  const recording = qmptap([
    '--debug',
    'record',
    '--listen',
    listen,
    '--connect',
    join(folder, 's.sock'),
    '-o',
    file,
    '-q',
    '--once',
  ]);
  await recording.says(/recording/);
  const client = await QmpClient.connect(listen);
  await until('the end of the traffic', () => client.socket.readableEnded);
  client.socket.end();
  expect(Buffer.concat(client.received).length).toBe(Math.ceil(total / line.length) * line.length);
  expect(await recording.ended).toBe(1);
  expect(recording.stderr().match(/no space left/gi)?.length).toBeGreaterThanOrEqual(1);
  expect(recording.stderr()).toMatch(/incomplete/);
  const shown = await run(['show', file, '--json']);
  expect(shown.code).toBe(0);
  expect(shown.stdout.split('\n').length).toBeGreaterThan(10);
});
