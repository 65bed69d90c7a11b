import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test as plainTest } from 'vitest';
import { runningHost } from '../../../src/cli/files/running-host.js';
import { testFolder } from '../../support/folder.js';
import { endHost } from '../../support/host.js';
import { qmptap, run } from '../../support/process.js';
import { labTest } from '../../support/programs.js';
import { PtyScreen } from '../../support/pty-screen.js';
import { startQemu } from '../../support/qemu.js';
import { negotiated } from '../../support/qmp-client.js';

const test = labTest('qemu-system-x86_64');

plainTest('where no host runs', async () => {
  expect(await runningHost(testFolder())).toBeUndefined();
  expect(await runningHost(join(testFolder(), 'none'))).toBeUndefined();
});

test('top, ls, ui and attach ask the host that runs', async () => {
  const home = testFolder();
  const [vms, recordings] = [join(home, 'vms'), join(home, 'recordings')];
  const options = { env: { ...process.env, QMPTAP_HOME: home } };
  mkdirSync(vms);
  endHost(recordings);
  const [a, b] = [await startQemu(vms, { name: 'a.qmp' }), await startQemu(vms, { name: 'b.qmp' })];
  const host = qmptap(['host', '--recordings', recordings, '--watch', join(vms, '*.qmp')], options);
  await host.says(/Ctrl-C ends/);
  const client = await negotiated(a.socket);
  client.execute('query-version', undefined, 'v');
  await client.receives(/"v"/);

  const top = await run(['top', '--json', '--sort', 'vm'], options);
  const rows = top.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(rows).toMatchObject([
    { label: 'a', client: expect.stringContaining(`pid ${process.pid}`) as string, pending: 0, errors: 0 },
    { label: 'b', client: 'next client', state: 'waiting' },
  ]);
  expect((await run(['top'], options)).stdout).toMatch(/^b +next client/m);

  const listed = await run(['ls'], options);
  expect(listed.stdout).toMatch(/-a\.qmptap +live/);
  expect(listed.stderr).toMatch(/b: recorded from the next connection on/);

  const screen = new PtyScreen(process.execPath, ['dist/cli/main.js', 'ui', 'a'], {
    env: { QMPTAP_HOME: home },
  });
  await screen.shows('query-version');
  screen.type('Q');
  await screen.ended;
  const none = new PtyScreen(process.execPath, ['dist/cli/main.js', 'ui', 'b'], {
    env: { QMPTAP_HOME: home },
  });
  await none.shows('no client yet');
  expect((await none.ended).exitCode).toBe(1);

  const refused = await run(['attach', b.socket], options);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(
    /process \d+ has it already, and records it in .*; look there, or have that one/,
  );
  client.socket.destroy();
  host.signal('SIGINT');
  expect(await host.ended).toBe(130);
});
