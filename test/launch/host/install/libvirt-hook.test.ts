import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { controlSocket, decisionsFolder, hostFolder } from '../../../../src/launch/host/control.js';
import { libvirtHook } from '../../../../src/launch/host/install/libvirt-hook.js';
import { testFolder } from '../../../support/folder.js';
import { start } from '../../../support/process.js';
import { until } from '../../../support/until.js';

const xml = "<domain type='kvm' id='7'>\n  <name>web1</name>\n  <seclabel id='8'/>\n</domain>\n";

async function rig(): Promise<{ recordings: string; hook: string }> {
  const recordings = join(testFolder(), "it's here");
  mkdirSync(decisionsFolder(recordings), { recursive: true });
  const server = createServer();
  server.listen(controlSocket(recordings));
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const hook = join(hostFolder(recordings), 'hook');
  writeFileSync(hook, libvirtHook(recordings), { mode: 0o755 });
  return { recordings, hook };
}

test('a start waits until the host has decided', async () => {
  const { recordings, hook } = await rig();
  const running = start('sh', ['-x', hook, 'web1', 'start', 'begin', '-'], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.child.stdin?.end(xml);
  writeFileSync(join(decisionsFolder(recordings), 'domain-71-other'), '');
  await until('it to look again', () => (running.stderr().match(/sleep/g)?.length ?? 0) > 1);
  writeFileSync(join(decisionsFolder(recordings), 'domain-7-web1'), '');
  expect(await running.ended).toBe(0);
});

test('and no longer than its patience; nothing else waits, and nothing fails', async () => {
  const { recordings, hook } = await rig();
  const looks = (...args: readonly string[]): number => {
    const { status, stderr } = spawnSync('sh', ['-x', hook, ...args], { input: xml, encoding: 'utf8' });
    expect(status).toBe(0);
    return stderr.match(/sleep/g)?.length ?? 0;
  };
  expect(looks('web1', 'prepare', 'begin', '-')).toBe(0);
  expect(looks('web1', 'release', 'end', '-')).toBe(0);
  expect(looks()).toBe(0);
  expect(looks('web1', 'start', 'begin', '-')).toBe(40);
  writeFileSync(hook, libvirtHook(`${recordings}/none`));
  expect(looks('web1', 'start', 'begin', '-')).toBe(0);
});
