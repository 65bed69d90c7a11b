import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { channelsOf, findDomain, parseDomainStatus } from '../../../src/launch/attach/libvirt-domain.js';
import type { LibvirtDaemon } from '../../../src/launch/attach/libvirt-daemon.js';
import { testFolder } from '../../support/folder.js';

/** The parts of libvirt 9.0's file that are read, and some that look like them. */
function status(name: string, id: string, agent = ''): string {
  return `<domstatus state='running' reason='booted' pid='4711'>
  <monitor path='/var/lib/libvirt/qemu/domain-${id}-${name}/monitor.sock' type='unix'/>
  <domain type='qemu' id='${id}'>
    <name>${name}</name>
    <uuid>8f7a1e3c-0000-4000-8000-00000000000${id}</uuid>
    <devices>
      <channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/></channel>
      ${agent}
    </devices>
  </domain>
</domstatus>
`;
}

const agent = `<channel type='unix'>
  <source mode='bind' path='/run/libvirt/qemu/channel/2-b&amp;c/org.qemu.guest_agent.0'/>
  <target type='virtio' name='org.qemu.guest_agent.0' state='connected'/>
</channel>`;

function daemonWith(files: Readonly<Record<string, string>>): LibvirtDaemon {
  const root = testFolder();
  mkdirSync(join(root, 'state'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, 'state', name), text);
  const [uri, admin] = ['qemu:///system', 'libvirtd:///system'];
  return { uri, pid: 1, root, state: '/state', files: '/files', admin, unit: undefined };
}

test('a domain by name, UUID or id', () => {
  const daemon = daemonWith({
    'a.xml': status('a', '1'),
    'b&c.xml': status('b&amp;c', '2', agent),
    autostart: '',
  });
  expect(findDomain(daemon, 'a')).toEqual({
    name: 'a',
    uuid: '8f7a1e3c-0000-4000-8000-000000000001',
    id: '1',
    pid: 4711,
    monitor: '/var/lib/libvirt/qemu/domain-1-a/monitor.sock',
    agent: undefined,
  });
  expect(findDomain(daemon, '2').name).toBe('b&c');
  expect(findDomain(daemon, '8F7A1E3C-0000-4000-8000-000000000002').agent).toBe(
    '/run/libvirt/qemu/channel/2-b&c/org.qemu.guest_agent.0',
  );
});

test('a name goes before an id', () => {
  const daemon = daemonWith({ 'x.xml': status('x', '7'), '7.xml': status('7', '8') });
  expect(findDomain(daemon, '7').id).toBe('8');
});

test('what does not run is named, with what does', () => {
  const one = daemonWith({ 'a.xml': status('web1', '1') });
  expect(() => findDomain(daemonWith({}), 'web1')).toThrow(
    'no domain web1 runs on qemu:///system; no domain runs',
  );
  expect(() => findDomain(one, 'wbe1')).toThrow(/did you mean web1\?/);
  expect(() => findDomain(one, 'database')).toThrow(/these run: web1$/);
});

test('its sockets are reached through the root of QEMU where the daemon has its own; an agent that it does not have is told', () => {
  const daemon = daemonWith({ 'a.xml': status('a', '1'), 'b.xml': status('b', '2', agent) });
  expect(channelsOf(daemon, findDomain(daemon, 'b'), true)).toEqual([
    { path: `/proc/4711/root/var/lib/libvirt/qemu/domain-2-b/monitor.sock`, dialect: 'qmp' },
    { path: `/proc/4711/root/run/libvirt/qemu/channel/2-b&c/org.qemu.guest_agent.0`, dialect: 'qga' },
  ]);
  expect(() => channelsOf(daemon, findDomain(daemon, 'a'), true)).toThrow(
    /has no channel org.qemu.guest_agent.0/,
  );
});

test('files that are none of a running domain are passed over', () => {
  const broken = [
    '',
    '<domstatus/>',
    '<monitor path=',
    status('a', '1').replace('<monitor', '<monitors'),
    status('a', '1').replace('pid', 'pit'),
  ];
  for (const text of broken) expect(parseDomainStatus(text)).toBeUndefined();
});
