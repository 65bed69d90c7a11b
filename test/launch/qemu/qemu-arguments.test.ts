import { describe, expect, test } from 'vitest';
import {
  guestName,
  inheritedDescriptors,
  isDaemonized,
  isQuestion,
  pidFileOf,
  probedMachine,
  startKind,
} from '../../../src/launch/qemu/qemu-arguments.js';
import { byLibvirt } from './by-libvirt.js';

describe('what else the arguments tell', () => {
  test("the VM's name", () => {
    expect(guestName(byLibvirt)).toBe('t1');
    expect(guestName(['-name', 'a,,b'])).toBe('a,b');
    expect(guestName(['-name', 'debug-threads=on'])).toBeUndefined();
    expect(guestName(['-S'])).toBeUndefined();
  });

  test('what libvirt probes', () => {
    const probing = [
      '-S',
      '-nographic',
      '-machine',
      'none,accel=kvm:tcg',
      '-pidfile',
      '/d/qmp.pid',
      '-daemonize',
    ];
    expect(probedMachine(probing)).toBe('none,accel=kvm:tcg');
    expect(isDaemonized(probing)).toBe(true);
    expect(pidFileOf(probing)).toBe('/d/qmp.pid');
    expect(probedMachine(byLibvirt)).toBeUndefined();
    expect(isDaemonized(['-append', '-daemonize'])).toBe(false);
  });

  test('how the VM begins', () => {
    expect(startKind(byLibvirt)).toBe('plain');
    expect(startKind([...byLibvirt, '-loadvm', 'first'])).toBe('loadvm');
    expect(startKind([...byLibvirt, '-loadvm', 'first', '--incoming', 'defer'])).toBe('incoming');
    expect(startKind(['-append', '-incoming'])).toBe('plain');
  });

  test('the descriptors that QEMU inherits', () => {
    expect(
      inheritedDescriptors([
        ...byLibvirt,
        ...[
          '-netdev',
          'tap,fds=30:31,id=n,vhost=on,vhostfds=32:33',
          '-incoming',
          'fd:9',
          '-add-fd',
          'fd=7,set=1',
        ],
        ...['-netdev', '{"type":"tap","fd":"40","id":"n2"}', '-drive', 'file=/dev/fdset/1'],
      ]),
    ).toEqual([7, 9, 24, 28, 30, 31, 32, 33, 40]);
  });

  test.each([
    [['-version'], true],
    [['-S', '--help'], true],
    [['-machine', 'help'], true],
    [['-device', 'virtio-net,?'], true],
    [['-append', 'help me'], false],
    [['-S'], false],
  ])('whether %j only asks a question', (argv, expected) => {
    expect(isQuestion(argv)).toBe(expected);
  });
});
