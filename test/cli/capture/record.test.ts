import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { testFolder } from '../../support/folder.js';
import { qmptap, run } from '../../support/process.js';
import { QmpClient } from '../../support/qmp-client.js';
import { until } from '../../support/until.js';

const greeting =
  '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""}, "capabilities": ["oob"]}}\r\n';

/** A server on a unix socket that does with each connection what the test says. */
async function serve(path: string, talk: (socket: Socket) => void): Promise<Socket[]> {
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    talk(socket);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return sockets;
}

function answerAll(socket: Socket): void {
  socket.write(greeting);
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      text = text.slice(end + 1);
      socket.write('{"return": {}}\r\n');
    }
  });
  socket.on('end', () => socket.end());
}

async function messages(file: string): Promise<Record<string, unknown>[]> {
  const shown = await run(['show', file, '--json']);
  expect(shown.code).toBe(0);
  return shown.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function sha256(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** The bytes of one direction, as the recording has them. */
async function recordedBytes(file: string, dir: 'c2s' | 's2c'): Promise<Buffer[]> {
  return (await messages(file))
    .filter((line) => line['dir'] === dir)
    .map((line) =>
      line['raw'] === undefined
        ? Buffer.from(line['rawBase64'] as string, 'base64')
        : Buffer.from(line['raw'] as string),
    );
}

async function recorder(folder: string, ...more: string[]) {
  const listen = join(folder, 'c.sock');
  const file = join(folder, 'r.qmptap');
  const running = qmptap([
    'record',
    '--listen',
    listen,
    '--connect',
    join(folder, 's.sock'),
    '-o',
    file,
    '--quiet',
    ...more,
  ]);
  await running.says(/recording/);
  return { ...running, listen, file };
}

describe('qmptap record', () => {
  test('passes on and keeps a conversation, with times, pairing and who the client was', async () => {
    const folder = testFolder();
    await serve(join(folder, 's.sock'), answerAll);
    const recording = await recorder(folder, '--label', 'web1');
    const client = await QmpClient.connect(recording.listen);
    await client.receives(/QMP/);
    client.execute('qmp_capabilities');
    await client.receives(/return/);
    await client.end();
    recording.signal('SIGINT');
    expect(await recording.ended).toBe(130);
    const [head, session, ...rest] = await messages(recording.file);
    expect(head).toMatchObject({ type: 'recording', live: false });
    expect(session).toMatchObject({
      type: 'session',
      session: 1,
      label: 'web1',
      dialect: 'qmp',
      qemu: '7.2.22',
      end: 'client-closed',
      client: { pid: process.pid, uid: process.getuid?.() },
    });
    expect(rest).toMatchObject([
      { seq: 1, dir: 's2c', kind: 'greeting' },
      {
        seq: 2,
        dir: 'c2s',
        kind: 'command',
        name: 'qmp_capabilities',
        raw: '{"execute":"qmp_capabilities"}\r\n',
      },
      { seq: 3, dir: 's2c', kind: 'success', replyTo: 2, command: 'qmp_capabilities' },
    ]);
    for (const path of [recording.file]) expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(existsSync(recording.listen)).toBe(false);
  });

  test('10 MB of random bytes in random chunks, both ways, come through and are kept', async () => {
    const folder = testFolder();
    const sent = randomBytes(5 << 20);
    const back = randomBytes(5 << 20);
    const arrived: Buffer[] = [];
    const inPieces = (socket: Socket, bytes: Buffer): void => {
      for (let at = 0; at < bytes.length;) {
        const size = 1 + Math.floor(Math.random() ** 3 * 200_000);
        socket.write(bytes.subarray(at, at + size));
        at += size;
      }
      socket.end();
    };
    await serve(join(folder, 's.sock'), (socket) => {
      socket.on('data', (chunk) => arrived.push(chunk));
      inPieces(socket, back);
    });
    const recording = await recorder(folder, '--once');
    const client = await QmpClient.connect(recording.listen);
    inPieces(client.socket, sent);
    expect(await recording.ended).toBe(0);
    expect(sha256(arrived)).toBe(sha256([sent]));
    expect(sha256(client.received)).toBe(sha256([back]));
    for (const [dir, bytes] of [
      ['c2s', sent],
      ['s2c', back],
    ] as const) {
      const shown = await run(['show', recording.file, '--raw', `dir:${dir}`]);
      expect(sha256([shown.bytes])).toBe(sha256([bytes]));
    }
  }, 180_000);

  test('keeps a prefix of the traffic when it is killed in the middle of a flood', async () => {
    const folder = testFolder();
    const event = (n: number): string =>
      `{"timestamp": {"seconds": 1, "microseconds": ${n}}, "event": "X", "data": {"n": ${n}}}\r\n`;
    await serve(join(folder, 's.sock'), (socket) => {
      let n = 0;
      const pour = (): void => {
        while (!socket.destroyed && socket.write(event(n++)));
      };
      socket.on('drain', pour);
      pour();
    });
    const recording = await recorder(folder);
    const client = await QmpClient.connect(recording.listen);
    await until('two megabytes', () => client.socket.bytesRead > 2 << 20);
    recording.signal('SIGKILL');
    expect(await recording.ended).toBe('SIGKILL');
    const kept = Buffer.concat(await recordedBytes(recording.file, 's2c'));
    const passed = Buffer.concat(client.received);
    const both = Math.min(kept.length, passed.length);
    expect(kept.length).toBeGreaterThan(1 << 20);
    expect(kept.subarray(0, both).equals(passed.subarray(0, both))).toBe(true);
    const [, session] = await messages(recording.file);
    expect(session).toMatchObject({ end: 'cut-off' });
    expect((await run(['check', recording.file])).code).toBe(0);
  });

  test('--exec runs the client with the address and ends with its code', async () => {
    const folder = testFolder();
    await serve(join(folder, 's.sock'), answerAll);
    const file = join(folder, 'r.qmptap');
    const script = `const s = require('net').connect(process.env.QMPTAP_ADDRESS.replace('unix:', ''));
      s.once('data', () => { s.end(); s.on('close', () => process.exit(7)); });`;
    const args = [
      '--listen',
      join(folder, 'c.sock'),
      '--connect',
      join(folder, 's.sock'),
      '-o',
      file,
      '--quiet',
    ];
    const ended = await run(['record', ...args, '--exec', '--', process.execPath, '-e', script]);
    expect(ended.code).toBe(7);
    expect((await messages(file)).at(-1)).toMatchObject({ kind: 'greeting' });
  });

  test('a client whose server is not there is told by the close, the user by one line', async () => {
    const folder = testFolder();
    const recording = await recorder(folder);
    const client = await QmpClient.connect(recording.listen);
    await until('the close', () => client.closed || client.socket.readableEnded);
    await recording.says(/s\.sock: there is no such socket/);
    recording.signal('SIGTERM');
    expect(await recording.ended).toBe(143);
    const [, session] = await messages(recording.file);
    expect(session).toMatchObject({ type: 'session', end: 'server-unreachable', messages: 0 });
  });

  test('--once whose server is not there ends with 1', async () => {
    const recording = await recorder(testFolder(), '--once');
    const client = await QmpClient.connect(recording.listen);
    await client.end();
    expect(await recording.ended).toBe(1);
  });

  test('says that a port is open to other machines, and that a program is not there', async () => {
    const file = join(testFolder(), 'a.qmptap');
    const words = ['-l', 'tcp:0.0.0.0:0', '-c', '/tmp/s', '-o', file, '--exec', '--', '/no/such'];
    const { stderr, code } = await run(['record', ...words]);
    expect(stderr).toMatch(/WARN.*tcp:0\.0\.0\.0:\d+ is open to other machines/);
    expect(stderr).toMatch(/^qmptap: --exec \/no\/such: no such program; .*$/m);
    expect(code).toBe(1);
  });

  test('prints the messages as they are recorded', async () => {
    const folder = testFolder();
    await serve(join(folder, 's.sock'), answerAll);
    const listen = join(folder, 'c.sock');
    const running = qmptap([
      'record',
      '--listen',
      listen,
      '--connect',
      join(folder, 's.sock'),
      '-o',
      join(folder, 'r.qmptap'),
      '--once',
    ]);
    await running.says(/recording/);
    const client = await QmpClient.connect(listen);
    await client.receives(/QMP/);
    await running.says(/<- .*"QMP"/, 'stdout');
    client.execute('query-status');
    await running.says(/-> .*query-status[^]*<- .*return/, 'stdout');
    await client.end();
    expect(await running.ended).toBe(0);
  });
});

describe('qmptap record, bad input', () => {
  const one = /^qmptap: [^\n]+\n$/;
  const cases: [name: string, args: string[], code: number, says: RegExp][] = [
    ['no server', ['--listen', '/tmp/x'], 2, /--connect ADDR or --server-listens/],
    ['no address', ['--listen', 'nonsense', '--connect', '/tmp/s'], 2, /nonsense/],
    ['a port that is none', ['--listen', 'tcp:localhost:99999', '--connect', '/tmp/s'], 2, /99999/],
    ['a path that is too long', ['--listen', `/tmp/${'x'.repeat(120)}`, '--connect', '/tmp/s'], 2, /107/],
    [
      'a folder that is not there',
      ['--listen', '/nowhere/at/all.sock', '--connect', '/tmp/s', '-o', 'DIR/a.qmptap'],
      1,
      /\/nowhere\/at/,
    ],
    [
      'an output that exists',
      ['--listen', 'DIR/l', '--connect', '/tmp/s', '-o', 'DIR/there.qmptap'],
      1,
      /exists.*--force/,
    ],
    [
      'an output that is a folder',
      ['--listen', 'DIR/l', '--connect', '/tmp/s', '-o', 'DIR/sub', '--force'],
      1,
      /no file/,
    ],
    [
      'a file where the socket should be',
      ['--listen', 'DIR/there.qmptap', '--connect', '/tmp/s', '-o', 'DIR/b.qmptap'],
      1,
      /there\.qmptap/,
    ],
    ['an unknown flag', ['--lisen', '/tmp/x'], 2, /--listen/],
    ['an unknown dialect', ['--listen', '/tmp/x', '--connect', '/tmp/s', '--dialect', 'xml'], 2, /qmp, qga/],
    [
      '--json and --quiet',
      ['--listen', '/tmp/x', '--connect', '/tmp/s', '--json', '--quiet'],
      2,
      /contradict/,
    ],
    ['the same address twice', ['--listen', '/tmp/x/../s', '--connect', 'unix:/tmp/s'], 2, /both sides/],
    ['a command without --exec', ['--listen', '/tmp/x', '--connect', '/tmp/s', 'ls'], 2, /--exec/],
  ];
  test.each(cases)('%s', async (_name, args, code, says) => {
    const folder = testFolder();
    writeFileSync(join(folder, 'there.qmptap'), 'precious');
    mkdirSync(join(folder, 'sub'));
    const ended = await run(['record', ...args.map((arg) => arg.replace('DIR', folder))]);
    expect(ended.stderr).toMatch(says);
    if (code === 1) expect(ended.stderr).toMatch(one);
    expect(ended.stderr).not.toMatch(/ at .*\.js/);
    expect(ended.code).toBe(code);
    expect(readFileSync(join(folder, 'there.qmptap'), 'utf8')).toBe('precious');
  });

  test('a port in use', async () => {
    const folder = testFolder();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const ended = await run([
      'record',
      '--listen',
      `tcp:127.0.0.1:${port}`,
      '--connect',
      '/tmp/s',
      '-o',
      join(folder, 'a.qmptap'),
    ]);
    expect(ended.stderr).toMatch(one);
    expect(ended.stderr).toMatch(/in use/);
    expect(ended.code).toBe(1);
    expect(existsSync(join(folder, 'a.qmptap'))).toBe(false);
  });

  test('a socket in use is left alone, a stale one replaced', async () => {
    const folder = testFolder();
    const sockets = await serve(join(folder, 'c.sock'), () => undefined);
    const args = ['record', '--listen', join(folder, 'c.sock'), '--connect', '/tmp/s', '-q'];
    const refused = await run([...args, '-o', join(folder, 'a.qmptap')]);
    expect(refused.stderr).toMatch(/in use/);
    expect(refused.code).toBe(1);
    await QmpClient.connect(join(folder, 'c.sock'));
    await until('the connection', () => sockets.length > 0);
  });

  test('a folder that cannot be written', async () => {
    const ended = await run(['record', '--listen', 'tcp:0', '--connect', '/tmp/s', '-o', '/proc/a.qmptap']);
    expect(ended.stderr).toMatch(one);
    expect(ended.stderr).toMatch(/\/proc\/a\.qmptap/);
    // Node makes such a folder for ever, if it is asked for the folders above it too.
    const deeper = await run([
      'record',
      '--listen',
      'tcp:0',
      '--connect',
      '/tmp/s',
      '-o',
      '/proc/a/b.qmptap',
    ]);
    expect(deeper.stderr).toMatch(
      /^qmptap: \/proc\/a\/b\.qmptap: cannot be written: .*; choose another place$/m,
    );
    expect(ended.code).toBe(1);
  });
});
