import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { virshMonitor } from '../../../../src/launch/attach/own/virsh-monitor.js';
import { toPlain } from '../../../../src/json/value.js';
import { testFolder } from '../../../support/folder.js';

const domain = { name: 'web1', uuid: '8f7a1e3c-0000-4000-8000-000000000001' };
const monitor = virshMonitor('qemu:///system', domain);

/** What virsh does. */
function virsh(script: string): void {
  const folder = testFolder();
  writeFileSync(join(folder, 'virsh'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'virsh'), 0o755);
  const before = process.env['PATH'];
  process.env['PATH'] = `${folder}:${before ?? ''}`;
  onTestFinished(() => {
    process.env['PATH'] = before;
  });
}

test('what the success response returns', async () => {
  virsh(`[ "$5" = '${domain.uuid}' ] && echo "{\\"return\\": {\\"asked\\": $6}, \\"id\\": \\"libvirt-9\\"}"`);
  expect(toPlain(await monitor.ask('x-y', { id: 'a' }))).toEqual({
    asked: { execute: 'x-y', arguments: { id: 'a' } },
  });
  expect(toPlain(await monitor.ask('x-y'))).toEqual({ asked: { execute: 'x-y' } });
});

test.each([
  [
    `echo '{"error": {"class": "GenericError", "desc": "no such thing"}}'`,
    'web1: QEMU refuses stop: no such thing',
  ],
  [`echo '{"error": 7}'`, 'web1: QEMU refuses stop: it does not say why'],
  ['echo hello', 'web1: virsh gives no response to stop'],
  ["echo 'error: failed'; echo 'error: domain is not running' >&2; exit 1", 'web1: domain is not running'],
])('%s', async (script, message) => {
  virsh(script);
  await expect(monitor.ask('stop')).rejects.toThrow(message);
});

test('without virsh', async () => {
  virsh('true');
  process.env['PATH'] = '/nowhere';
  await expect(monitor.ask('stop')).rejects.toThrow('web1: virsh is not installed');
});

test('a command for a shell', () => {
  expect(monitor.inShell('object-del', { id: 'a' })).toBe(
    `virsh -c 'qemu:///system' qemu-monitor-command ${domain.uuid} '{"execute":"object-del","arguments":{"id":"a"}}'`,
  );
});
