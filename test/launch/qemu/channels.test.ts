import { describe, expect, test } from 'vitest';
import { findChannels } from '../../../src/launch/qemu/channels.js';
import { byLibvirt } from './by-libvirt.js';

describe('finding monitors', () => {
  test("finds libvirt's, on an inherited descriptor", () => {
    expect(findChannels(byLibvirt)).toEqual({
      channels: [
        {
          name: 'charmonitor',
          dialect: 'qmp',
          address: { kind: 'fd', fd: 28 },
          wait: false,
          dials: false,
          at: 8,
          form: 'chardev',
        },
      ],
      unreachable: [],
    });
  });

  test('finds the guest agent only when asked to, in either syntax of -device', () => {
    const names = (argv: readonly string[]): unknown =>
      findChannels(argv, true).channels.map(({ name, dialect, address }) => [name, dialect, address]);
    const expected = [
      ['charmonitor', 'qmp', { kind: 'fd', fd: 28 }],
      ['charchannel0', 'qga', { kind: 'fd', fd: 24 }],
    ];
    expect(names(byLibvirt)).toEqual(expected);
    const older = byLibvirt.with(-1, 'virtserialport,nr=1,chardev=charchannel0,name=org.qemu.guest_agent.0');
    expect(names(older)).toEqual(expected);
    expect(names(byLibvirt.with(-1, '{"driver":'))).toEqual(expected.slice(0, 1));
  });

  test.each<[string, string, unknown, boolean]>([
    ['-qmp', 'unix:/run/a,,b.sock,server=on,wait=off', { kind: 'unix', path: '/run/a,b.sock' }, false],
    ['--qmp', 'unix:/q,server,nowait', { kind: 'unix', path: '/q' }, false],
    ['-qmp-pretty', 'unix:q.sock,server', { kind: 'unix', path: 'q.sock' }, true],
    ['-qmp', 'tcp:127.0.0.1:4444,server=on,wait=off', { kind: 'tcp', host: '127.0.0.1', port: 4444 }, false],
    ['-qmp', 'tcp::4444,server', { kind: 'tcp', host: '::', port: 4444 }, true],
    ['-qmp', 'unix:path=/q,server=on', { kind: 'unix', path: '/q' }, true],
    ['-qmp', 'tcp:[::1]:4444,server=on', { kind: 'tcp', host: '::1', port: 4444 }, true],
    ['-qmp', 'stdio', { kind: 'stdio' }, false],
  ])('understands %s %s', (option, value, address, wait) => {
    const { channels, unreachable } = findChannels([option, value]);
    expect(channels).toEqual([
      {
        ...{ name: `${option.replace('--', '-')} ${value}`, dialect: 'qmp', address, wait },
        ...{ dials: false, at: 1, form: 'device' },
      },
    ]);
    expect(unreachable).toEqual([]);
  });

  test.each<[string, string]>([
    ['telnet::4444,server', 'telnet::4444,server is not supported'],
    ['tcp::4444,server,telnet', 'telnet is not supported'],
    ['tcp:localhost:ssh,server', "port 'ssh' is no number"],
    ['chardev:nobody', 'there is no such character device'],
    ['', 'nothing is not supported'],
  ])('says why not: -qmp %s', (value, why) => {
    const { channels, unreachable } = findChannels(['-qmp', value]);
    expect(channels).toEqual([]);
    expect(unreachable.map((one) => one.why)).toEqual([why]);
  });

  test.each<[string, string]>([
    ['pty,id=m', 'a pty character device is not supported'],
    ['stdio,id=m,mux=on', 'it shares its character device'],
    ['socket,id=m,host=h,port=1,server=on,tls-creds=t', 'it is encrypted (tls-creds)'],
    ['socket,id=m,path=/a,server=on,websocket=on', 'websocket is not supported'],
    ['socket,id=m,path=/a,abstract=on,server=on', 'abstract is not supported'],
    ['socket,id=m,fd=name,server=on', 'fd=name is a descriptor that only QEMU knows'],
  ])('says why not: -chardev %s', (chardev, why) => {
    const argv = ['-mon', 'm,mode=control', '-chardev', chardev];
    expect(findChannels(argv)).toEqual({ channels: [], unreachable: [{ name: 'm', why }] });
  });

  const socket = ['-chardev', 'socket,id=m,path=/a,server=on,wait=off'];

  test.each<[string, readonly string[]]>([
    ['-mon in JSON', ['-mon', '{"chardev":"m","mode":"control"}']],
    ['-mon, the id first', ['-mon', 'id=x,chardev=m,mode=control']],
    ['-mon, its mode by -set', ['-mon', 'id=x,chardev=m', '-set', 'mon.x.mode=control']],
    ['-object monitor-qmp', ['-object', 'monitor-qmp,id=x,chardev=m']],
    ['--object, the type by name', ['--object', 'id=x,qom-type=monitor-qmp,chardev=m']],
    ['-object in JSON', ['-object', '{"qom-type":"monitor-qmp","id":"x","chardev":"m"}']],
    ['-readconfig', ['-readconfig', 'vm.cfg']],
  ])('finds a monitor by %s', (_, argv) => {
    const file = '# a VM\n[mon "x"]\n  chardev = "m"\n  mode = "control"\n[machine]\n type = "none"\n';
    const found = findChannels([...socket, ...argv], false, (path) => (path === 'vm.cfg' ? file : undefined));
    expect(found.unreachable).toEqual([]);
    expect(found.channels).toMatchObject([{ name: 'm', address: { kind: 'unix', path: '/a' }, at: 1 }]);
  });

  test.each([
    ['-object', 'rng-random,id=m,chardev=m'],
    ['-mon', 'chardev=m'],
    ['-mon', '{"chardev":"m","mode":"readline"}'],
    ['-readconfig', 'missing.cfg'],
  ])('finds none by %s %s', (option, value) => {
    expect(findChannels([...socket, option, value])).toEqual({ channels: [], unreachable: [] });
  });

  test('says why not of a character device in a file, or changed by -set', () => {
    const file =
      '[chardev "m"]\n backend = "socket"\n path = "/a"\n server = "on"\n[mon]\n chardev = "m"\n mode = "control"\n';
    const inFile = findChannels(['-readconfig', 'vm.cfg'], false, () => file);
    expect(inFile.unreachable[0]?.why).toContain('-readconfig reads');
    const changed = findChannels([...socket, '-mon', 'm,mode=control', '-set', 'chardev.m.path=/b']);
    expect(changed.unreachable[0]?.why).toContain('changed by -set');
    const binary = findChannels(['-qmp', 'unix:/caf\ufffd,server=on']);
    expect(binary.unreachable).toMatchObject([{ why: 'its address is not UTF-8' }]);
  });

  test.each<[string, unknown]>([
    ['unix:/q,reconnect=1', { address: { kind: 'unix', path: '/q' }, dials: true, againMs: 1000 }],
    ['unix:/q,reconnect-ms=250', { address: { kind: 'unix', path: '/q' }, dials: true, againMs: 250 }],
    ['tcp:h:1,reconnect=0', { address: { kind: 'tcp', host: 'h', port: 1 }, dials: true }],
  ])('understands a QEMU that connects, and connects again: -qmp %s', (value, place) => {
    const { channels, unreachable } = findChannels(['-qmp', value]);
    expect(unreachable).toEqual([]);
    expect(channels).toEqual([
      { name: `-qmp ${value}`, dialect: 'qmp', wait: false, at: 1, form: 'device', ...(place as object) },
    ]);
  });

  test.each<[string, unknown, boolean, boolean]>([
    ['socket,id=m,fd=5', { kind: 'fd', fd: 5 }, false, false],
    ['socket,id=m,path=/a', { kind: 'unix', path: '/a' }, false, true],
    ['socket,id=m,host=h,port=1,reconnect=0', { kind: 'tcp', host: 'h', port: 1 }, false, true],
    ['backend=socket,id=m,path=/a,server=on', { kind: 'unix', path: '/a' }, true, false],
    [
      '{"id":"m","backend":{"type":"socket","data":{"addr":{"type":"unix","data":{"path":"/a"}}}}}',
      { kind: 'unix', path: '/a' },
      false,
      false,
    ],
    [
      '{"id":"m","backend":{"type":"socket","data":{"addr":{"type":"fd","data":{"str":"7"}},"wait":true}}}',
      { kind: 'fd', fd: 7 },
      true,
      false,
    ],
    [
      '{"id":"m","backend":{"type":"socket","data":{"addr":{"type":"inet","data":{"host":"h","port":"1"}},"server":false}}}',
      { kind: 'tcp', host: 'h', port: 1 },
      false,
      true,
    ],
  ])('understands -chardev %s', (chardev, address, wait, dials) => {
    const { channels } = findChannels(['-chardev', chardev, '-mon', 'm,mode=control']);
    expect(channels).toMatchObject([{ address, wait, dials }]);
  });

  test('takes several, and no human monitor', () => {
    const argv = [
      ...[
        '-monitor',
        'stdio',
        '-qmp',
        'unix:/a,server=on',
        '-chardev',
        'socket,id=c,path=/b,server=on,wait=off',
      ],
      ...['-mon', 'chardev=c,mode=control,pretty=on', '-mon', 'chardev=c,mode=readline', '-qmp', 'chardev:d'],
      ...['-chardev', 'socket,id=d,host=localhost,port=5,server=on'],
    ];
    expect(findChannels(argv).channels.map(({ at }) => at)).toEqual([3, 5, 13]);
  });

  test('does not take the value of another option for one', () => {
    expect(findChannels(['-append', '-qmp', '-S', '-name', '-mon'])).toEqual({
      channels: [],
      unreachable: [],
    });
    expect(findChannels(['-S', '-qmp', 'stdio']).channels).toHaveLength(1);
    expect(findChannels(['-flag-of-the-future', '-qmp', 'stdio']).channels).toHaveLength(1);
    expect(findChannels(['-qmp'])).toMatchObject({
      channels: [],
      unreachable: [{ why: 'nothing is not supported' }],
    });
  });
});
