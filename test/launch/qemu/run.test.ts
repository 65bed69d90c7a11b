import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { commandLine } from '../../../src/text/command-line.js';
import { openRecording } from '../../../src/store/index/open.js';
import { commandLineOf, processesOf } from '../../support/libvirt.js';
import { testFolder } from '../../support/folder.js';
import { qmptap, run, start } from '../../support/process.js';
import { labTest } from '../../support/programs.js';
import { connectsAgain } from '../../support/qemu.js';
import { QmpClient } from '../../support/qmp-client.js';
import { until } from '../../support/until.js';

const test = labTest('qemu-system-x86_64');
const qemu = ['qemu-system-x86_64', '-machine', 'none', '-nodefaults', '-display', 'none'];
const negotiate = '{"execute":"qmp_capabilities"}\n';

function parentOf(pid: number): number {
  try {
    return Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return -1; // it has ended
  }
}

async function connected(path: string): Promise<QmpClient> {
  const client = await until(`${path} to be listened on`, () =>
    QmpClient.connect(path).catch(() => undefined),
  );
  client.send(negotiate);
  await until('the greeting and an answer', () => client.received.join('').includes('"return"'));
  return client;
}

describe('qmptap run', () => {
  test('records several monitors, and ends with QEMU', async () => {
    const folder = testFolder();
    const [one, two, out] = [join(folder, 'a,b.sock'), join(folder, 'two.sock'), join(folder, 'r.qmptap')];
    const running = qmptap([
      ...[
        'run',
        '-o',
        out,
        '--',
        ...qemu,
        '-name',
        'guest=vm',
        '-qmp',
        `unix:${one.replace(',', ',,')},server=on,wait=off`,
      ],
      ...[
        '-chardev',
        `socket,id=m,path=${two},server=on,wait=off`,
        '-mon',
        'chardev=m,mode=control,pretty=on',
      ],
    ]);
    const first = await connected(one);
    const second = await connected(two);
    first.execute('query-name');
    await until('the name', () => first.received.join('').includes('"name": "vm"'));
    second.execute('quit');
    expect(await running.ended).toBe(0);
    expect(existsSync(one) || existsSync(two)).toBe(false);
    using recording = openRecording(out);
    const sessions = recording.sessions();
    expect(sessions.map(({ label, end, version }) => [label, end, version?.qemu !== undefined])).toEqual([
      ['vm', 'server-closed', true],
      ['vm', 'server-closed', true],
    ]);
    expect(sessions[0]!.notes[0]).toContain('qemu-system-x86_64 -machine none');
    expect([...recording.messages()].map(({ name }) => name)).toContain('query-name');
    expect(readdirSync(folder).filter((name) => name.startsWith('r.'))).toEqual(['r.qmptap']);
  });

  test('left on, begins a new file with a new client, and each says of which QEMU it is', async () => {
    const folder = testFolder();
    const [path, out] = [join(folder, 'q.sock'), join(folder, 'r.qmptap')];
    const running = qmptap([
      ...['run', '--max-sessions', '1', '--keep', '2', '-o', out, '--', ...qemu],
      ...['-qmp', `unix:${path},server=on,wait=off`],
    ]);
    for (const session of [1, 2]) {
      await (await connected(path)).end();
      await until('the end of the session', () => {
        using recording = openRecording(join(folder, `r-0000${session}.qmptap`));
        return recording.sessions()[0]?.end !== undefined;
      });
    }
    (await connected(path)).execute('quit');
    expect(await running.ended).toBe(0);
    const files = readdirSync(folder).filter((name) => name.startsWith('r'));
    expect(files).toEqual(['r-00002.qmptap', 'r-00003.qmptap']);
    for (const [at, file] of files.entries()) {
      using recording = openRecording(join(folder, file));
      expect(recording.sessions()).toMatchObject([{ id: at + 2, label: undefined }]);
      expect(recording.sessions()[0]!.notes[0]).toContain('qemu-system-x86_64 -machine none');
    }
    expect(running.stderr()).toContain('r-00001.qmptap: removed, as the oldest of too many');
  });

  test('records standard input and output', async () => {
    const out = join(testFolder(), 'r.qmptap');
    const running = qmptap(['run', '-o', out, '--', ...qemu, '-qmp', 'stdio'], { stdio: 'pipe' });
    running.child.stdin!.end(`${negotiate}{"execute":"quit"}\n`);
    expect(await running.ended).toBe(0);
    expect(running.stdout().split('\r\n')[0]).toMatch(/^\{"QMP": /);
    expect(running.stdout()).toContain('"SHUTDOWN"');
    using recording = openRecording(out);
    expect(
      [...recording.messages()].filter(({ kind }) => kind === 'command').map(({ name }) => name),
    ).toEqual(['qmp_capabilities', 'quit']);
  });

  test('takes a TCP monitor and an inherited one', async () => {
    const folder = testFolder();
    const [path, out] = [join(folder, 'fd.sock'), join(folder, 'r.qmptap')];
    // Listens on descriptor 7 and hands it on, as libvirt does.
    const hand = `import os,socket,sys
s=socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]+'.new'); s.listen(1); os.rename(sys.argv[1]+'.new',sys.argv[1]); os.dup2(s.fileno(),7)
os.execvp(sys.argv[2],sys.argv[2:])`;
    const running = start(
      'python3',
      ['-c', hand, path, process.execPath, 'dist/cli/main.js', 'run', '-o', out, '--', ...qemu].concat([
        '-chardev',
        'socket,id=c,fd=7,server=on,wait=off',
        '-mon',
        'c,mode=control',
        '-qmp',
        'tcp:127.0.0.1:0,server=on,wait=off',
      ]),
    );
    const client = await connected(path);
    client.execute('quit');
    expect(await running.ended).toBe(0);
    using recording = openRecording(out);
    expect(recording.sessions().map(({ client: peer }) => peer.address)).toEqual(['fd:7']);
  });

  test("with --agent, records the guest agent's channel into the same file", async () => {
    const folder = testFolder();
    const [agent, monitor, out] = ['agent.sock', 'q.sock', 'r.qmptap'].map((name) => join(folder, name));
    const port = { driver: 'virtserialport', chardev: 'ch', id: 'port', name: 'org.qemu.guest_agent.0' };
    const running = qmptap([
      ...['run', '--agent', '-o', out!, '--', 'qemu-system-x86_64', '-S', '-machine', 'pc', '-nodefaults'],
      ...['-display', 'none', '-device', 'virtio-serial', '-device', JSON.stringify(port)],
      ...[
        '-chardev',
        `socket,id=ch,path=${agent!},server=on,wait=off`,
        '-qmp',
        `unix:${monitor!},server=on,wait=off`,
      ],
    ]);
    const client = await connected(monitor!);
    const guest = await until('the channel', () => QmpClient.connect(agent!).catch(() => undefined));
    guest.send('{"execute":"guest-sync", "arguments":{"id":5}}\n');
    await until('the command to be recorded', () => {
      using recording = openRecording(out!);
      return [...recording.messages()].some(({ name }) => name === 'guest-sync');
    });
    client.execute('quit');
    expect(await running.ended).toBe(0);
    using recording = openRecording(out!);
    const dialects = recording.sessions().map(({ dialect, end }) => `${dialect} ${end ?? ''}`);
    expect(dialects.sort()).toEqual(['qga server-closed', 'qmp server-closed']);
  });

  test('a QEMU without a monitor, or one that only answers a question, simply runs', async () => {
    const folder = testFolder();
    const out = ['-o', join(folder, 'r.qmptap'), '--'];
    const version = await run(['run', ...out, 'qemu-system-x86_64', '-version']);
    expect(version).toMatchObject({ code: 0, stderr: '' });
    expect(version.stdout).toMatch(/^QEMU emulator version/);
    const machines = await run(['run', ...out, 'qemu-system-x86_64', '-machine', 'help']);
    expect(machines).toMatchObject({ code: 0, stderr: '' });
    const running = qmptap(['run', ...out, ...qemu, '-qmp', 'pty']);
    await running.says(/-qmp pty is not recorded: /);
    running.signal('SIGTERM');
    expect([0, 143]).toContain(await running.ended);
    const silent = qmptap(['run', ...out, ...qemu]);
    await silent.says(/qmptap: nothing is recorded: there is no QMP monitor in QEMU's arguments/);
    await until('QEMU', () => processesOf('-display none').some((pid) => parentOf(pid) === silent.pid));
    silent.signal('SIGTERM');
    // By QEMU's own handler, or before it has one.
    expect([0, 143]).toContain(await silent.ended);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('records a QEMU that connects to its client', async () => {
    const folder = testFolder();
    const [path, out] = [join(folder, 'client.sock'), join(folder, 'r.qmptap')];
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const coming = once(server, 'connection') as Promise<[Socket]>;
    const running = qmptap(['run', '-o', out, '--', ...qemu, '-qmp', `unix:${path}`]);
    const client = new QmpClient((await coming)[0]);
    server.close();
    client.send(negotiate);
    client.execute('quit');
    expect(await running.ended).toBe(0);
    expect(client.text()).toContain('"SHUTDOWN"');
    using recording = openRecording(out);
    expect(recording.sessions()).toMatchObject([{ client: { address: `unix:${path}` }, dialect: 'qmp' }]);
  });

  test('records a QEMU that connects to its client again and again', async () => {
    const folder = testFolder();
    const [path, out] = [join(folder, 'client.sock'), join(folder, 'r.qmptap')];
    const running = qmptap(['run', '-o', out, '--', ...qemu, '-qmp', `unix:${path},${connectsAgain()}`]);
    await running.says(/waiting for the client: nobody listens at unix:.*client.sock yet/);
    const came: Socket[] = [];
    const server = createServer({ allowHalfOpen: true }, (socket) => came.push(socket));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    onTestFinished(() => void server.close());
    for (const [at, command] of ['query-status', 'quit'].entries()) {
      const client = new QmpClient(await until('QEMU', () => came[at]));
      client.send(negotiate);
      client.execute(command, undefined, 'last');
      await client.receives(/"last"/);
      await client.end();
    }
    expect(await running.ended).toBe(0);
    expect(running.stderr()).not.toContain('has ended');
    using recording = openRecording(out);
    expect(recording.sessions().map(({ end }) => end)).toHaveLength(2);
  });

  test('QEMU ends with it, even by SIGKILL, and leaves its image free', async () => {
    const folder = testFolder();
    const path = join(folder, 'q.sock');
    const running = qmptap([
      ...['run', '-o', join(folder, 'r.qmptap'), '--', ...qemu],
      ...['-qmp', `unix:${path},server=on,wait=off`],
    ]);
    await connected(path);
    const child = processesOf('-display none').find((pid) => parentOf(pid) === running.pid)!;
    expect(commandLineOf(child)).toMatch(/^qemu-system-x86_64 /);
    running.signal('SIGKILL');
    await until('the end of QEMU', () => commandLineOf(child) === '');
  });

  test('arguments that are not UTF-8 reach QEMU as they are', async () => {
    const folder = testFolder();
    const seen = join(folder, 'seen');
    const fake = join(folder, 'qemu');
    writeFileSync(fake, `#!/bin/sh\nprintf '%s\\0' "$@" > '${seen}'\n`, { mode: 0o755 });
    // Node cannot start a program with such arguments; a shell can.
    const words = `-append "$(printf 'caf\\351 \\377')" -drive "$(printf 'file=/\\344,,x')" '' -qmp unix:${folder}/q,server=on`;
    const command = `exec ${process.execPath} dist/cli/main.js run -o ${folder}/r.qmptap -- ${fake} ${words}`;
    expect(await start('sh', ['-c', command]).ended).toBe(0);
    const [append, cafe, drive, file, empty, qmp, moved] = readFileSync(seen, 'latin1').split('\0');
    expect([append, cafe, drive, file, empty, qmp]).toEqual([
      ...['-append', 'caf\xe9 \xff', '-drive', 'file=/\xe4,,x', '', '-qmp'],
    ]);
    expect(moved).toMatch(/^unix:.*tap-0\.sock,server=on,wait=on$/);
  });

  test("gives up nothing of QEMU's own output where the monitor is standard output", async () => {
    const folder = testFolder();
    const fake = join(folder, 'qemu');
    writeFileSync(fake, '#!/bin/sh\necho to output; echo to error >&2\n', { mode: 0o755 });
    const ran = await run(['run', '-o', join(folder, 'r.qmptap'), '--', fake, '-qmp', 'stdio']);
    expect(ran.stdout).toBe('to output\n');
    expect(ran.stderr).toContain('to error\n');
    expect(ran.stderr).not.toContain('to output');
  });

  for (const [how, pipes] of [
    ['sockets', ''],
    ['pipes', 'cat | '],
  ] as const) {
    test(`takes all commands of a client that does not read yet, over ${how} that standard error shares`, async () => {
      const out = join(testFolder(), 'r.qmptap');
      const command = [
        process.execPath,
        'dist/cli/main.js',
        'run',
        '-o',
        out,
        '--',
        ...qemu,
        '-qmp',
        'stdio',
      ];
      const after = pipes === '' ? '' : ' | cat';
      const running = spawn('sh', ['-c', `${pipes}${commandLine(command)} 2>&1${after}`], { stdio: 'pipe' });
      onTestFinished(() => void running.kill('SIGKILL'));
      const status = Array.from({ length: 20_000 }, (_, id) => `{"execute":"query-status","id":${id}}\n`);
      running.stdin.end(`${negotiate}${status.join('')}{"execute":"quit"}\n`);
      await once(running.stdin, 'finish');
      let text = '';
      for await (const chunk of running.stdout) text += String(chunk);
      expect(text).toContain('"id": 19999}');
      expect(text).toContain('"SHUTDOWN"');
    });
  }
});
