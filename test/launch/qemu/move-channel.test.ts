import { describe, expect, test } from 'vitest';
import { findChannels } from '../../../src/launch/qemu/channels.js';
import { moveChannel } from '../../../src/launch/qemu/move-channel.js';

describe('moving a monitor', () => {
  test.each<[string[], string[]]>([
    [
      ['-qmp', 'tcp::4444,server', '-S'],
      ['-qmp', 'unix:/p/a,,b,server=on,wait=on', '-S'],
    ],
    [
      ['-qmp', 'stdio'],
      ['-qmp', 'unix:/p/a,,b,server=on,wait=off'],
    ],
    [
      ['-chardev', 'socket,id=m,fd=28,server=on,wait=off,logfile=/l,,g', '-mon', 'm,mode=control,pretty=on'],
      [
        '-chardev',
        'socket,id=m,logfile=/l,,g,path=/p/a,,b,server=on,wait=off',
        '-mon',
        'm,mode=control,pretty=on',
      ],
    ],
    [
      [
        '-chardev',
        '{"id":"m","backend":{"type":"socket","data":{"addr":{"type":"fd","data":{"str":"7"}},"logfile":"/l","telnet":false}}}',
        '-mon',
        'm,mode=control',
      ],
      [
        '-chardev',
        '{"id":"m","backend":{"type":"socket","data":{"logfile":"/l","addr":{"type":"unix","data":{"path":"/p/a,b"}},"server":true,"wait":false}}}',
        '-mon',
        'm,mode=control',
      ],
    ],
    [
      ['-chardev', 'stdio,id=m,signal=off', '-mon', 'chardev=m,mode=control'],
      ['-chardev', 'socket,id=m,path=/p/a,,b,server=on,wait=off', '-mon', 'chardev=m,mode=control'],
    ],
  ])('%s', (argv, expected) => {
    const [channel] = findChannels(argv).channels;
    const moved = moveChannel(argv, channel!, '/p/a,b');
    expect(moved).toEqual(expected);
    expect(findChannels(moved).channels[0]?.address).toEqual({ kind: 'unix', path: '/p/a,b' });
  });
});
