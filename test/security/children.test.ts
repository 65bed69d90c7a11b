/** Who is started by us is given no socket and no file of ours. */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { testFolder } from '../support/folder.js';
import { run, start } from '../support/process.js';

const script = 'ls -l /proc/self/fd | sed "1d;s/^.* \\([0-9]* -> \\)/\\1/"';

async function listening(path: string): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write('{"QMP": {"version": {}, "capabilities": []}}\r\n');
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => void server.close());
  return path;
}

test('the command of --exec has its three descriptors and no more, also of those that we were given', async () => {
  const folder = testFolder();
  const server = await listening(join(folder, 'q.sock'));
  const words = [
    'record',
    '-l',
    join(folder, 't.sock'),
    '-c',
    server,
    '-o',
    join(folder, 'a.qmptap'),
    '--quiet',
  ];
  // Given three more by who starts us, of which it was not told.
  const shell = `exec 7</dev/zero 8</dev/zero 50</dev/zero; exec "$@"`;
  const command = [process.execPath, 'dist/cli/main.js', ...words, '--exec', '--', 'sh', '-c', script];
  const ran = start('bash', ['-c', shell, 'sh', ...command]);
  expect(await ran.ended).toBe(0);
  const fds = ran
    .stdout()
    .trim()
    .split('\n')
    .map((line) => line.split(' -> '));
  // The last one is ls's own look at the list.
  expect(fds.filter(([, what]) => !/^\/proc\//.test(what ?? '')).map(([fd]) => fd)).toEqual(['0', '1', '2']);
});

test('QEMU that is run has none of ours', async () => {
  const folder = testFolder();
  const qemu = ['sh', '-c', script, '-qmp', `unix:${join(folder, 'q.sock')},server=on,wait=off`];
  const { stdout } = await run(['run', '-o', join(folder, 'a.qmptap'), '--', ...qemu]);
  const fds = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(' -> '));
  expect(fds.filter(([, what]) => !/^\/proc\//.test(what ?? '')).map(([fd]) => fd)).toEqual(['0', '1', '2']);
});
