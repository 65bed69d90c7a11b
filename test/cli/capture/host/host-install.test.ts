import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { controlSocket, hostFolder, leavingFile } from '../../../../src/launch/host/control.js';
import { testFolder } from '../../../support/folder.js';
import { endHost } from '../../../support/host.js';
import { qmptap, run } from '../../../support/process.js';

test('install prints what it would write, with the flags that the service is to have', async () => {
  const { code, stdout } = await run([
    ...['host', 'install', '--print', '--recordings', '/srv/qmp', '--keep', '3', '--watch', '/srv/vms/*.qmp'],
    ...['--include', 'a*', '--exclude', 'b*', '--no-agent', '--redact', '--rule', 'key:x'],
  ]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    / host --recordings \/srv\/qmp --keep 3 --watch \/srv\/vms\/\*\.qmp --include a\* --exclude b\* --no-agent --redact --rule key:x$/m,
  );
  expect(stdout).toMatch(/^# \/etc\/libvirt\/hooks\/qemu\.d\/qmptap$/m);
});

test('install and uninstall say what they did, and what to do next', async () => {
  const root = testFolder();
  mkdirSync(join(root, 'etc/libvirt'), { recursive: true });
  const installed = await run(['host', 'install', '--root', root]);
  expect(installed.stderr).toMatch(
    /wrote .*qmptap-host\.service[^]*wrote .*qemu\.d\/qmptap[^]*next: systemctl daemon-reload/,
  );
  const removed = await run(['host', 'uninstall', '--root', root]);
  expect(removed.stderr).toMatch(/removed .*qmptap-host\.service[^]*next: systemctl daemon-reload/);
  expect((await run(['host', 'uninstall', '--root', root])).stderr).toMatch(/nothing was installed/);
});

test('a service that runs is not removed under its VMs', async () => {
  const root = testFolder();
  const recordings = join(root, 'recordings');
  endHost(recordings);
  const unit = join(root, 'etc/systemd/system/qmptap-host.service');
  mkdirSync(join(unit, '..'), { recursive: true });
  writeFileSync(
    unit,
    `# Written by \`qmptap host install\`\nExecStart=node host --recordings ${recordings}\n`,
  );
  const host = qmptap(['host', '--recordings', recordings, '--include', 'none']);
  await host.says(/Ctrl-C ends/);
  const refused = await run(['host', 'uninstall', '--root', root]);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(
    /the host runs, and VMs depend on it; end it first: qmptap host leave --recordings/,
  );
  host.signal('SIGINT');
  await host.ended;
  expect((await run(['host', 'uninstall', '--root', root])).stderr).toMatch(/removed/);
});

test('a service that has left is waited for', async () => {
  const root = testFolder();
  const recordings = join(root, 'recordings');
  const unit = join(root, 'etc/systemd/system/qmptap-host.service');
  for (const folder of [join(unit, '..'), hostFolder(recordings)]) mkdirSync(folder, { recursive: true });
  writeFileSync(
    unit,
    `# Written by \`qmptap host install\`\nExecStart=node host --recordings ${recordings}\n`,
  );
  writeFileSync(leavingFile(recordings), '');
  let asked = 0;
  const host = createServer((asker) => {
    asker.once('data', () => {
      asked += 1;
      if (asked === 2) host.close(); // it ends after this answer
      asker.end('{"type":"end","pid":1,"sessions":0}\n');
    });
  });
  host.listen(controlSocket(recordings));
  onTestFinished(() => void host.close());
  await once(host, 'listening');
  const removed = await run(['host', 'uninstall', '--root', root]);
  expect(removed.stderr).toMatch(/removed .*qmptap-host\.service/);
  expect(asked).toBe(2);
});
