import { expect, test } from 'vitest';
import { isCommon, pathPattern, replacePath, stemOf } from '../../../src/redact/anonymise/paths.js';

test.each<[string, string]>([
  ['/var/lib/libvirt/images/x.qcow2', '/var/lib/libvirt/images/P.qcow2'],
  ['/x/y/', '/P/P/'],
  ['/x/backup.tar.gz', '/P/P.tar.gz'],
  ['/x/.hidden', '/P/P'],
  ['/var/lib/libvirt/qemu/domain-12-web/monitor.sock', '/var/lib/libvirt/qemu/domain-12-P/monitor.sock'],
  ['/machine/x', '/machine/x'],
  ['/dev/mapper/vg-x', '/dev/mapper/P'],
  ['https://h/x/y?z', 'https://h/P/P'],
])('%s', (path, expected) => {
  expect(replacePath(path, () => 'P')).toBe(expected);
});

test('paths in texts', () => {
  const paths = (text: string): string[] => [...(text.match(pathPattern) ?? [])];
  expect(paths(`a=/b/c,d='/e f' unix:/g and/or 1/2 https://h/i?j`)).toEqual([
    '/b/c',
    '/e',
    '/g',
    'https://h/i',
  ]);
});

test('endings', () => {
  expect([stemOf('a.qcow2'), stemOf('.a'), stemOf('a.b.c')]).toEqual([
    { stem: 'a', ending: '.qcow2' },
    { stem: '.a', ending: '' },
    { stem: 'a.b', ending: '.c' },
  ]);
  expect([isCommon('sda1'), isCommon('qemu-system-arm'), isCommon('acme')]).toEqual([true, true, false]);
});
