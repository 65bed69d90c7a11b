/** What a second user of the same machine can do: run as that user, against what ours makes. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, type TestContext } from 'vitest';
import { createRecording } from '../../src/store/index/recorder.js';
import { testFolder } from '../support/folder.js';
import { qmptap, run, start } from '../support/process.js';
import { latin1, sessionStart } from '../support/recorded.js';
import { recordingFile } from '../support/recording-file.js';
import { until } from '../support/until.js';

/** `nobody`, wherever there is one. */
const stranger = { uid: 65534, gid: 65534 };

function needsRoot(context: TestContext): void {
  if (process.geteuid?.() === 0) return;
  const reason = 'only root can be somebody else';
  if (process.env.QMPTAP_LAB === 'required') throw new Error(`${reason}, but QMPTAP_LAB=required`);
  context.skip(reason);
}

/** What Node, run by the stranger, prints of this. */
function asStranger(script: string, ...args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script, ...args], {
    ...stranger,
    cwd: '/',
    encoding: 'utf8',
  });
  return stdout + stderr;
}

/** Tries to connect without a pause, from before the socket is there until it is refused. */
const hammer = `
const net = require('node:net');
console.log('knocking');
(function attempt() {
  const socket = net.connect(process.argv[1]);
  socket.on('connect', () => console.log('CONNECTED'));
  socket.on('error', ({ code }) => (code === 'EACCES' ? console.log(code) : setImmediate(attempt)));
})();`;

const readAll = `
const fs = require('node:fs');
for (const path of process.argv.slice(1)) {
  try { fs.readFileSync(path); console.log('READ ' + path); } catch (error) { console.log(error.code); }
}`;

/** Makes the files that SQLite would make before it does, keeps them open, and tells in the end what came into them. */
const quickest = `
const fs = require('node:fs');
const open = new Map();
console.log('waiting');
const busy = setInterval(() => {
  if (!fs.existsSync(process.argv[1])) return;
  for (const ending of ['-wal', '-shm', '-journal'])
    if (!open.has(ending)) try { open.set(ending, fs.openSync(process.argv[1] + ending, 'wx+', 0o666)); } catch {}
}, 0);
process.on('SIGTERM', () => {
  clearInterval(busy);
  const seen = [...open].map(([ending, fd]) => ending + fs.readFileSync(fd, 'latin1'));
  process.stdout.write('seen: ' + seen.join(' ') + '\\n', () => process.exit());
});`;

/** A folder that everybody may enter and make files in, as /tmp. */
function sharedFolder(): string {
  const folder = testFolder();
  chmodSync(folder, 0o1777);
  return folder;
}

describe('another user', () => {
  test.for([0o000, 0o022])(
    'never connects to a socket that we make, whatever the umask (%o)',
    async (umask, context) => {
      needsRoot(context);
      const folder = sharedFolder();
      const [server, tap] = [join(folder, 'q.sock'), join(folder, 'tap.sock')];
      const listener = createServer();
      await new Promise<void>((resolve) => listener.listen(server, resolve));
      onTestFinished(() => void listener.close());
      const knocking = start(process.execPath, ['-e', hammer, tap], { ...stranger, cwd: '/' });
      await knocking.says(/knocking/, 'stdout');
      const before = process.umask(umask);
      const recorder = qmptap(['record', '-l', tap, '-c', server, '-o', join(folder, 'a.qmptap'), '--quiet']);
      process.umask(before);
      await recorder.says(/recording unix:/);
      await knocking.says(/EACCES/, 'stdout');
      expect(knocking.stdout()).not.toContain('CONNECTED');
      expect(statSync(tap).mode & 0o777).toBe(0o600);
      recorder.signal('SIGINT');
      await recorder.ended;
    },
  );

  test('reads nothing of what is being recorded, nor of what is exported', async (context) => {
    needsRoot(context);
    const folder = sharedFolder();
    const [server, tap, file] = ['q.sock', 'tap.sock', 'a.qmptap'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const listener = createServer((socket) => socket.write('{"QMP": {}}\r\n'));
    await new Promise<void>((resolve) => listener.listen(server, resolve));
    onTestFinished(() => void listener.close());
    const before = process.umask(0);
    const recorder = qmptap(['record', '-l', tap, '-c', server, '-o', file, '--quiet']);
    process.umask(before);
    await recorder.says(/recording unix:/);
    const paths = ['', '-lock', '-journal-1', '-wal', '-shm'].map((ending) => file + ending);
    await until('all files of a recording', () => paths.every((path) => existsSync(path)));
    expect(
      asStranger(readAll, ...paths)
        .trim()
        .split('\n'),
    ).toEqual(paths.map(() => 'EACCES'));
    recorder.signal('SIGINT');
    await recorder.ended;
    for (const suffix of ['txt', 'html', 'jsonl', 'pcapng']) {
      const format = suffix === 'txt' ? 'text' : suffix;
      const out = join(folder, `out.${suffix}`);
      const { code } = await run(['export', file, '--format', format, '-o', out]);
      expect(code).toBe(0);
      expect(asStranger(readAll, out)).toBe('EACCES\n');
    }
  });

  test('gains nothing by being quick: what is made while a recording begins is not what it writes to', async (context) => {
    needsRoot(context);
    for (let attempt = 1; attempt <= 5; attempt++) {
      const folder = sharedFolder();
      const path = join(folder, 'a.qmptap');
      const quick = start(process.execPath, ['-e', quickest, path], { ...stranger, cwd: '/' });
      await quick.says(/waiting/, 'stdout');
      const recorder = await createRecording(path, { createdBy: 'test', onTrouble: () => undefined });
      const session = recorder.open(sessionStart(), 0);
      for (let at = 1; at <= 100; at++)
        recorder.chunk(session, { dir: 'c2s', t: at, bytes: latin1('{"hunter":2}\r\n'), fds: 0 });
      await recorder.flush();
      quick.signal('SIGTERM');
      await quick.says(/seen: /, 'stdout');
      expect(quick.stdout()).not.toContain('hunter');
      await recorder.finish();
    }
  });

  test("is not written to by a report that would go through that user's link", async (context) => {
    needsRoot(context);
    const folder = sharedFolder();
    const path = await recordingFile(join(testFolder(), 'a.qmptap'), [
      '<- {"QMP": {"version": {}, "capabilities": []}}',
    ]);
    const [precious, report] = [join(testFolder(), 'precious'), join(folder, 'report.json')];
    asStranger(`require('node:fs').symlinkSync(process.argv[1], process.argv[2])`, precious, report);
    await run([
      'replay',
      'server',
      path,
      '--listen',
      'tcp:127.0.0.1:0',
      '--report',
      report,
      '--exec',
      '--',
      'true',
    ]);
    expect(existsSync(precious)).toBe(false);
    expect(lstatSync(report).isFile()).toBe(true);
    expect(lstatSync(report).mode & 0o777).toBe(0o600);
  });

  test('who listens where we were told to is not taken for a socket of ours that is left', (context) => {
    needsRoot(context);
    const folder = sharedFolder();
    const tap = join(folder, 'tap.sock');
    asStranger(
      `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`,
      tap,
    );
    expect(statSync(tap).uid).toBe(stranger.uid);
    const attempt = spawnSync(
      process.execPath,
      [
        join(process.cwd(), 'dist/cli/main.js'),
        'record',
        '-l',
        tap,
        '-c',
        '/nowhere/q',
        '-o',
        '/nowhere/x/a.qmptap',
      ],
      { uid: 1, gid: 1, cwd: '/', encoding: 'utf8' },
    );
    expect(attempt.status).toBe(1);
    expect(statSync(tap).uid).toBe(stranger.uid);
  });
});
