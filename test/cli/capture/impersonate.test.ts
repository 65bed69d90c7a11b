import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from '../../support/folder.js';
import { qmptap, run } from '../../support/process.js';
import { negotiated } from '../../support/qmp-client.js';
import { until } from '../../support/until.js';

const demo = ['impersonate', '--replay', 'recordings/demo.qmptap'];
const monitorAt = (path: string): string[] => ['-qmp', `unix:${path},server=on,wait=off`];

test('without a monitor it only says its version, as the recorded QEMU did', async () => {
  const { code, stdout } = await run([...demo, '--', '--version']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^QEMU emulator version \d+\.\d+\.\d+/);
});

test('answers at its monitor until a signal, and lets go of standard output', async () => {
  const path = join(testFolder(), 'm.sock');
  const running = qmptap([...demo, '--daemon', '--', ...monitorAt(path)]);
  await running.says(/ready\0/, 'stdout');
  await negotiated(path);
  running.signal('SIGTERM');
  expect(await running.ended).toBe(0);
  expect([existsSync(path), running.stdout()]).toEqual([false, 'ready\0']);
  expect(running.stderr()).toMatch(/^qmptap: -qmp unix:\S+ plays recordings\/demo\.qmptap\n$/);
});

test('tells in the log what was asked for and not recorded', async () => {
  const path = join(testFolder(), 'm.sock');
  const running = qmptap([...demo, '--', ...monitorAt(path)]);
  const client = await until('its monitor', () => negotiated(path).catch(() => undefined));
  client.execute('never-recorded');
  await running.says(/^qmptap: .*never-recorded.*\n$/m);
});

test('a start that was not recorded passes on to a real QEMU, and says how to record it', async () => {
  const path = join(testFolder(), 'm.sock');
  const probing = ['-machine', 'none,accel=tcg', ...monitorAt(path)];
  expect(await run([...demo, '--daemon', '--', ...probing])).toMatchObject({
    ...{ code: 1, stdout: 'pass\0' },
    stderr: expect.stringMatching(
      /^qmptap: recordings\/demo\.qmptap: the questions about machine none,accel=tcg was not recorded; record it with qmptap emulator --probe\n$/,
    ) as string,
  });
});
