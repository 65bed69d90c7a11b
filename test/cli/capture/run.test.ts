import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test as plainTest } from 'vitest';
import { testFolder } from '../../support/folder.js';
import { qmptap, run } from '../../support/process.js';
import { labTest } from '../../support/programs.js';
import { negotiated } from '../../support/qmp-client.js';
import { until } from '../../support/until.js';

const test = labTest('qemu-system-x86_64');
const qemu = ['qemu-system-x86_64', '-machine', 'none', '-nodefaults', '-display', 'none'];

test('says what is recorded and what was, and ends with the code of QEMU', async () => {
  const folder = testFolder();
  const [path, output] = [join(folder, 'q.sock'), join(folder, 'r.qmptap')];
  const running = qmptap(['run', '-o', output, '--', ...qemu, '-qmp', `unix:${path},server=on,wait=off`]);
  await running.says(/^qmptap: recording -qmp unix:.* in .*r\.qmptap; ends with QEMU\n/);
  const client = await until('its monitor', () => negotiated(path).catch(() => undefined));
  client.execute('quit');
  expect(await running.ended).toBe(0);
  expect(running.stderr()).toMatch(/\nqmptap: \d+ messages: .*r\.qmptap\n$/);
});

test("passes signals on, and QEMU's own code", async () => {
  const folder = testFolder();
  const path = join(folder, 'q.sock');
  const running = qmptap([
    'run',
    '-o',
    join(folder, 'r.qmptap'),
    '--',
    ...qemu,
    '-qmp',
    `unix:${path},server=on,wait=off`,
  ]);
  const client = await until('its monitor', () => negotiated(path).catch(() => undefined));
  running.signal('SIGTERM');
  expect(await running.ended).toBe(0);
  await until('the event', () => client.received.join('').includes('host-signal'));
  const refused = await run([
    'run',
    '-o',
    join(folder, 'x.qmptap'),
    '--',
    ...qemu,
    '-nonsense',
    '-qmp',
    `unix:${path},server=on`,
  ]);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('nonsense');
});

plainTest('refuses a daemon, and leaves no file', async () => {
  const folder = testFolder();
  const daemon = ['-qmp', 'unix:/tmp/x,server=on', '-daemonize'];
  const { code, stderr } = await run(['run', '-o', join(folder, 'r.qmptap'), '--', ...qemu, ...daemon]);
  expect(code).toBe(2);
  expect(stderr).toContain('-daemonize: qmptap stays with QEMU');
  expect(readdirSync(folder)).toEqual([]);
});

test('says so when there is no such program, or the socket is taken', async () => {
  const folder = testFolder();
  const out = join(folder, 'r.qmptap');
  const missing = await run(['run', '-o', out, '--', '/no/such/qemu', '-qmp', 'stdio']);
  expect(missing).toMatchObject({ code: 2 });
  expect(missing.stderr).toContain('run /no/such/qemu: there is no such program');
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const taken = await run(['run', '-o', out, '--', ...qemu, '-qmp', `unix:${file},server=on,wait=off`]);
  expect(taken).toMatchObject({ code: 1 });
  expect(taken.stderr).toContain('no socket');
  expect(readdirSync(folder)).toEqual(['file']);
});
