/** Forms of a monitor other than libvirt's, under an emulator: what QEMU's other starters use. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { openRecording } from '../../src/store/index/open.js';
import { testFolder } from '../support/folder.js';
import { processesOf } from '../support/libvirt.js';
import { start } from '../support/process.js';
import { labTest } from '../support/programs.js';
import { negotiated } from '../support/qmp-client.js';
import { until } from '../support/until.js';

const test = labTest('qemu-system-x86_64', 'bash', 'python3', 'unshare');

/** Starts the command with one end of a socket pair as descriptor 3 or higher, for {}, and speaks on the other. */
const pairedClient = `import socket,subprocess,sys
ours,theirs=socket.socketpair()
qemu=subprocess.Popen([word.replace('{}',str(theirs.fileno())) for word in sys.argv[1:]],pass_fds=[theirs.fileno()])
theirs.close()
lines=ours.makefile('rwb')
print(lines.readline().decode())
for command in 'qmp_capabilities','quit':
    lines.write(b'{"execute":"%s","id":"%s"}\\n' % (command.encode(),command.encode())); lines.flush()
    while True:
        line=lines.readline().decode(); print(line)
        if not line or command in line and 'return' in line: break
sys.exit(qemu.wait())`;

const paired = ['-chardev', 'socket,id=mon,fd={}', '-mon', 'chardev=mon,mode=control'];

const machine = ['-machine', 'pc', '-S', '-nodefaults', '-display', 'none'];

/** An emulator that records, and what it has recorded once its recorder has ended: the commands. */
function recording(): { emulator: string; recorded: () => Promise<unknown[]> } {
  const folder = testFolder();
  const [emulator, recordings] = [join(folder, 'qemu'), join(folder, 'recordings')];
  const qemu = ['--qemu', 'qemu-system-x86_64', '--recordings', recordings];
  spawnSync(process.execPath, ['dist/cli/main.js', 'emulator', emulator, ...qemu]);
  return {
    emulator,
    recorded: async () => {
      await until('the recorder to end', () => processesOf(recordings).length === 0);
      using made = openRecording(join(recordings, readdirSync(recordings)[0] ?? ''));
      return [...made.messages()].filter(({ kind }) => kind === 'command').map(({ name }) => name);
    },
  };
}

describe('an emulator, and the monitor is', () => {
  test('its standard input and output', async () => {
    const { emulator, recorded } = recording();
    const running = start(emulator, [...machine, '-qmp', 'stdio'], { stdio: 'pipe' });
    running.child.stdin!.write('{"execute":"qmp_capabilities"}\n{"execute":"quit","id":"b"}\n');
    await running.says(/"QMP"[^]*"b"/, 'stdout');
    expect(await running.ended).toBe(0);
    expect(await recorded()).toEqual(['qmp_capabilities', 'quit']);
  });

  for (const how of ['emulator', 'run'])
    test(`a socket that is connected already: ${how}`, async () => {
      const { emulator, recorded } = recording();
      const out = join(testFolder(), 'r.qmptap');
      const by =
        how === 'run'
          ? [process.execPath, 'dist/cli/main.js', 'run', '-o', out, '--', 'qemu-system-x86_64']
          : [emulator];
      const running = start('python3', ['-c', pairedClient, ...by, ...machine, ...paired]);
      expect(await running.ended).toBe(0);
      expect(running.stdout()).toMatch(/"QMP"[^]*SHUTDOWN/);
      if (how === 'emulator') {
        expect(await recorded()).toEqual(['qmp_capabilities', 'quit']);
      } else {
        using made = openRecording(out);
        expect(made.sessions()).toMatchObject([{ end: 'server-closed' }]);
      }
    });

  test('that of a VM which goes on by -daemonize, whose log says that it is not protected', async () => {
    const { emulator, recorded } = recording();
    const folder = testFolder();
    const [monitor, pidFile] = [join(folder, 'q.sock'), join(folder, 'pid')];
    const started = start(emulator, [
      ...[...machine, '-daemonize'],
      ...['-qmp', `unix:${monitor},server=on,wait=off`, '-pidfile', pidFile],
    ]);
    expect(await started.ended).toBe(0);
    expect(started.stderr()).toContain('a kill of the recorder would close its monitor');
    const client = await negotiated(monitor);
    expect(Number(readFileSync(pidFile, 'utf8'))).toBeGreaterThan(1);
    client.execute('quit');
    await client.receives(/SHUTDOWN/);
    expect(await recorded()).toEqual(['qmp_capabilities', 'quit']);
  });

  test('in another root, for which it was written', async () => {
    const root = realpathSync(testFolder());
    const main = 'opt/tap/node_modules/qmptap/dist/cli/main.js';
    for (const file of ['opt/tap/bin/node', main]) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), '');
      chmodSync(join(root, file), 0o755);
    }
    const flags = ['--for-root', root, '--qemu', '/usr/bin/qemu-system-x86_64', '--recordings', '/opt/tap/r'];
    const written = spawnSync(process.execPath, ['dist/cli/main.js', 'emulator', '/opt/tap/qemu', ...flags]);
    expect(written.stderr.toString().split('\n').slice(0, -1)).toEqual([
      expect.stringContaining('/usr/bin/qemu-system-x86_64 is not in '),
      expect.stringContaining('/bin/bash is not in '),
    ]);
    const enter = `cd "$1"; mkdir usr dev proc tmp; ln -s usr/bin usr/sbin usr/lib usr/lib64 .
for folder in usr dev proc; do mount --rbind /$folder $folder; done
mount --bind "$2" opt/tap/bin/node; mount --bind "$3" opt/tap/node_modules/qmptap
shift 3; exec chroot . /opt/tap/qemu "$@"`;
    const running = start('unshare', [
      ...['--mount', '--propagation', 'private', 'sh', '-ec', enter, 'sh', root],
      ...[process.execPath, process.cwd(), ...machine, '-qmp', 'unix:/tmp/q.sock,server=on,wait=off'],
    ]);
    const client = await until('QEMU', () => negotiated(join(root, 'tmp/q.sock')).catch(() => undefined));
    client.execute('quit');
    expect(await running.ended, running.stderr()).toBe(0);
    const recordings = join(root, 'opt/tap/r');
    const file = await until('the file to be whole', () => {
      const names = readdirSync(recordings);
      return names.length === 1 && names[0]?.endsWith('.qmptap') === true ? names[0] : undefined;
    });
    using made = openRecording(join(recordings, file));
    expect(made.sessions()).toMatchObject([{ end: 'server-closed' }]);
  });
});
