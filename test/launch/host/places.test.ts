import { expect, test } from 'vitest';
import {
  fixedFolder,
  knownPlaces,
  type Place,
  socketAt,
  watchedPlace,
} from '../../../src/launch/host/places.js';
import { compileGlob } from '../../../src/text/glob.js';

/** The place that takes this path: part by part, as a shell would. */
function placeOf(path: string): Place | undefined {
  return knownPlaces().find(({ pattern }) => {
    const [wanted, parts] = [pattern.split('/'), path.split('/')];
    return wanted.length === parts.length && wanted.every((part, at) => compileGlob(part)(parts[at] ?? ''));
  });
}

test.each([
  ['/var/lib/libvirt/qemu/domain-3-web1/monitor.sock', 'qmp', 'web1'],
  ['/var/lib/libvirt/qemu/channel/target/domain-3-web1/org.qemu.guest_agent.0', 'qga', 'web1'],
  ['/run/libvirt/qemu/channel/12-a-b/org.qemu.guest_agent.0', 'qga', 'a-b'],
  ['/run/incus/c1/qemu.monitor', 'qmp', 'c1'],
  ['/run/qemu-server/100.qmp', 'qmp', 'vm-100'],
  ['/run/qemu-server/100.qga', 'qga', 'vm-100'],
])('%s', (path, dialect, name) => {
  const place = placeOf(path);
  expect(place).toBeDefined();
  expect(socketAt(place!, path)).toMatchObject({ path, dialect, name });
});

test('a monitor and its agent are one VM; another start of it is another', () => {
  const vmAt = (path: string): string => socketAt(placeOf(path)!, path).vm;
  const monitor = vmAt('/var/lib/libvirt/qemu/domain-3-web1/monitor.sock');
  expect(vmAt('/var/lib/libvirt/qemu/channel/target/domain-3-web1/org.qemu.guest_agent.0')).toBe(monitor);
  expect(vmAt('/run/libvirt/qemu/channel/3-web1/org.qemu.guest_agent.0')).toBe(monitor);
  expect(vmAt('/var/lib/libvirt/qemu/domain-4-web1/monitor.sock')).not.toBe(monitor);
  expect(vmAt('/run/qemu-server/100.qga')).toBe(vmAt('/run/qemu-server/100.qmp'));
});

test("a user's own sockets are named by what the pattern leaves open", () => {
  const named = (glob: string, path: string): unknown => socketAt(watchedPlace(glob), path);
  expect(named('/run/vm/*/qmp.sock', '/run/vm/a/qmp.sock')).toMatchObject({ name: 'a', dialect: undefined });
  expect(named('/run/vm/*.sock', '/run/vm/b.sock')).toMatchObject({ name: 'b' });
  expect(named('/run/vm/qmp.sock', '/run/vm/qmp.sock')).toMatchObject({ name: 'qmp' });
  expect(named('/x/*.qga', '/x/1.qga')).toMatchObject({ dialect: 'qga' });
  const libvirt = ['/x/lib/domain-*/monitor.sock', '/x/lib/domain-1-web1/monitor.sock'] as const;
  const agent = [
    '/x/lib/channel/target/domain-*/org.qemu.guest_agent.0',
    '/x/lib/channel/target/domain-1-web1/org.qemu.guest_agent.0',
  ] as const;
  expect(named(...libvirt)).toMatchObject({ name: 'web1', vm: '/x/lib/1-web1' });
  expect(named(...agent)).toMatchObject({ name: 'web1', vm: '/x/lib/1-web1', dialect: 'qga' });
  expect(() => watchedPlace('/run/vm/')).toThrow(/--watch \/run\/vm\/: it has to name sockets; write/);
});

test.each([
  ['/run/vm/*/qmp.sock', '/run/vm'],
  ['/run/vm/qmp.sock', '/run/vm'],
  ['/*/x', '/'],
])('%s is below %s', (glob, folder) => {
  expect(fixedFolder(watchedPlace(glob))).toBe(folder);
});
