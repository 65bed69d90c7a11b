import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { qemuProcess } from '../../../src/launch/attach/qemu-process.js';
import { testFolder } from '../../support/folder.js';

/** A process with these arguments; it waits for its end. `fd` is its descriptor 3. */
async function standIn(cwd: string, args: readonly string[], fd?: number): Promise<number> {
  const program = join(cwd, 'stand-in.cjs');
  writeFileSync(program, 'console.log(1); setInterval(() => undefined, 1e6);');
  const stdio = ['ignore', 'pipe', 'inherit', fd ?? 'ignore'] as const;
  const child = spawn(process.execPath, [program, ...args], { cwd, stdio: [...stdio] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout!, 'data');
  return child.pid!;
}

test('monitors by their arguments: absolute, in its folder, and by an inherited socket', async () => {
  const folder = testFolder();
  mkdirSync(join(folder, 'vm'));
  const bound = join(folder, 'vm/monitor.sock');
  const server = createServer().listen(bound);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { fd } = (server as unknown as { _handle: { fd: number } })._handle;
  const pid = await standIn(
    folder,
    [
      ...['-name', 'guest=web1', '-qmp', 'unix:/run/a.sock,server=on,wait=off'],
      ...['-qmp', 'unix:b.sock,server=on,wait=off', '-qmp', 'tcp:127.0.0.1:4444,server=on,wait=off'],
      ...['-chardev', 'socket,id=charmonitor,fd=3,server=on,wait=off'],
      ...['-mon', 'chardev=charmonitor,id=monitor,mode=control'],
    ],
    fd,
  );
  const root = `/proc/${pid}/root`;
  const { channels, label, notices } = qemuProcess(pid, false);
  expect(label).toBe('web1');
  expect(channels).toEqual([
    { path: `${root}/run/a.sock`, dialect: 'qmp' },
    { path: `${root}${folder}/b.sock`, dialect: 'qmp' },
    { path: `${root}${bound}`, dialect: 'qmp' },
  ]);
  expect(notices).toEqual([expect.stringMatching(/^monitor -qmp tcp.*: it has no path/)]);
});

test('a monitor in a file that -readconfig reads, in its own folder', async () => {
  const folder = testFolder();
  writeFileSync(join(folder, 'vm.cfg'), '[mon]\n chardev = "m"\n mode = "control"\n');
  const chardev = 'socket,id=m,path=/run/a.sock,server=on,wait=off';
  const pid = await standIn(folder, ['-readconfig', 'vm.cfg', '-chardev', chardev]);
  expect(qemuProcess(pid, false).channels).toMatchObject([{ path: `/proc/${pid}/root/run/a.sock` }]);
});

test('no process, and a process without a monitor, are named', () => {
  expect(() => qemuProcess(2 ** 22 + 1, false)).toThrow(/there is no such process/);
  expect(() => qemuProcess(process.pid, false)).toThrow(/its arguments name no QMP monitor/);
});
