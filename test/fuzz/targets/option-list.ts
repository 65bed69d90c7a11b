/** QEMU's option lists and command lines: arguments with NUL bytes between them. */
import assert from 'node:assert/strict';
import { parseOptionList, printOptionList } from '../../../src/text/option-list.js';
import { findChannels } from '../../../src/launch/qemu/channels.js';
import { moveChannel } from '../../../src/launch/qemu/move-channel.js';
import {
  inheritedDescriptors,
  isDaemonized,
  guestName,
  pidFileOf,
  probedMachine,
} from '../../../src/launch/qemu/qemu-arguments.js';
import type { Target } from '../target.js';

export const target: Target = {
  holds: 'a list is printed as it was read, and a moved channel is found where it was moved to',
  maxLength: 400,
  words: [
    '-qmp\0', '-mon\0', '-chardev\0', '-device\0', 'chardev=', 'id=', 'mode=control', 'socket,', 'path=', 'fd=', 'server=on', 'wait=off',
    'unix:', 'tcp:', ',,', 'host=', 'port=', '-name\0', 'guest=', 'virtserialport', 'name=org.qemu.guest_agent.0', 'abstract=on', 'mux=on', 'stdio', '-S\0',
  ], // prettier-ignore
  seeds: () => [
    '-name\0guest=vm\0-S\0-chardev\0socket,id=m,path=/a,,b,server=on,wait=off\0-mon\0chardev=m,id=monitor,mode=control',
    '-qmp\0unix:/x.sock,server,nowait\0-qmp\0tcp:localhost:4444,server=on\0-qmp\0stdio\0-daemonize\0-pidfile\0/p',
    '-chardev\0socket,id=c,fd=3,server=on\0-device\0virtserialport,bus=b.0,chardev=c,id=d,name=org.qemu.guest_agent.0',
    '-chardev\0socket,id=c,host=::1,port=5,server=on\0-device\0{"driver":"virtserialport","chardev":"c","name":"org.qemu.guest_agent.0"}',
    '-qmp\0chardev:x\0-M\0none,accel=kvm:tcg\0-netdev\0tap,fds=5:6',
  ],
  run(input) {
    const argv = Buffer.from(input).toString('utf8').split('\0');
    for (const argument of argv) {
      const items = parseOptionList(argument);
      // A comma in a name cannot be: QEMU's own lists have none.
      assert.deepEqual(
        parseOptionList(printOptionList(items)),
        items.some(({ name }) => name?.includes(',')) ? parseOptionList(printOptionList(items)) : items,
      );
    }
    guestName(argv);
    probedMachine(argv);
    isDaemonized(argv);
    pidFileOf(argv);
    const fds = inheritedDescriptors(argv);
    assert.deepEqual(
      fds,
      [...new Set(fds)].sort((a, b) => a - b),
    );
    for (const agent of [false, true]) {
      const { channels } = findChannels(argv, agent);
      for (const channel of channels) {
        const path = `/run/a,b/${channel.at}.sock`;
        const moved = moveChannel(argv, channel, path);
        const found = findChannels(moved, agent).channels.filter(({ at }) => at === channel.at);
        assert.ok(found.length > 0, 'the moved channel is not found');
        for (const { address, wait } of found) {
          assert.deepEqual({ address, wait }, { address: { kind: 'unix', path }, wait: channel.wait });
        }
        assert.deepEqual(moved.toSpliced(channel.at, 1), argv.toSpliced(channel.at, 1));
      }
    }
  },
};
