import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { testFolder } from '../support/folder.js';
import { qmptap, run, start } from '../support/process.js';
import { labTest } from '../support/programs.js';
import { startGuestAgent, startQemu } from '../support/qemu.js';
import { negotiated, QmpClient } from '../support/qmp-client.js';

type Line = Readonly<Record<string, unknown>>;

async function recorder(folder: string, server: string) {
  const listen = join(folder, 'tap.sock');
  const file = join(folder, 'r.qmptap');
  const running = qmptap(['record', '--listen', listen, '--connect', server, '-o', file, '--quiet']);
  await running.says(/recording/);
  return {
    listen,
    file,
    async lines(): Promise<Line[]> {
      const shown = await run(['show', file, '--json']);
      return shown.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Line);
    },
    async stop(): Promise<void> {
      running.signal('SIGTERM');
      expect(await running.ended).toBe(143);
    },
  };
}

function bytesOf(lines: readonly Line[], dir: string): Buffer {
  const decode = ({ raw, rawBase64 }: Line): Buffer =>
    raw === undefined ? Buffer.from(rawBase64 as string, 'base64') : Buffer.from(raw as string);
  return Buffer.concat(lines.filter((line) => line['dir'] === dir).map(decode));
}

function expectSameBytes(lines: readonly Line[], client: QmpClient): void {
  const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  expect(sha256(bytesOf(lines, 'c2s'))).toBe(sha256(Buffer.concat(client.sent)));
  expect(sha256(bytesOf(lines, 's2c'))).toBe(sha256(Buffer.concat(client.received)));
}

const qemuTest = labTest('qemu-system-x86_64');

const getfd = `import socket, sys, json
s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); f = s.makefile('rb')
def answer():
    while True:
        line = json.loads(f.readline())
        if 'return' in line or 'error' in line: return line
f.readline(); s.sendall(b'{"execute":"qmp_capabilities"}'); answer()
message = b'{"execute":"getfd","arguments":{"fdname":"a"}}\\r\\n'
file = open(sys.argv[0])
socket.send_fds(s, [message], [file.fileno()])
print(json.dumps(answer()))
`;

describe('record before a real QEMU', () => {
  qemuTest('keeps every message, byte for byte', async () => {
    const folder = testFolder();
    const qemu = await startQemu(folder);
    const recording = await recorder(folder, qemu.socket);
    const client = await negotiated(recording.listen);
    client.execute('query-qmp-schema', undefined, 'schema');
    await client.receives(/"schema"/);
    client.execute('stop', undefined, 1);
    client.execute('cont', undefined, 18);
    client.send('{"execute":"query-status","id":{"b":1,"a":[18446744073709551615]}}');
    await client.receives(/"b": 1/);
    client.execute('nonsense');
    await client.receives(/CommandNotFound/);
    await client.end();
    await recording.stop();
    const lines = await recording.lines();
    expectSameBytes(lines, client);
    expect(lines[1]).toMatchObject({
      dialect: 'qmp',
      qemu: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
    });
    const commands = lines.filter((line) => line['kind'] === 'command');
    const responses = lines.filter((line) => line['kind'] === 'success' || line['kind'] === 'error');
    expect(responses.map((line) => line['replyTo'])).toEqual(commands.map((line) => line['seq']));
    const events = lines.filter((line) => line['kind'] === 'event');
    expect(events.map((line) => line['name'])).toEqual(['STOP', 'RESUME']);
    const checked = await run(['check', recording.file]);
    expect(checked.stdout).toMatch(/sound/);
    expect(checked.code).toBe(0);
  });

  qemuTest('pretty=on: one message of many lines and chunks', async () => {
    const folder = testFolder();
    const qemu = await startQemu(folder, { monitor: ',pretty=on' });
    const recording = await recorder(folder, qemu.socket);
    const client = await negotiated(recording.listen);
    client.execute('query-version', undefined, 'version');
    await client.receives(/"version"\r\n}\r\n$/);
    await client.end();
    await recording.stop();
    const lines = await recording.lines();
    expectSameBytes(lines, client);
    const kinds = lines.slice(2).map((line) => line['kind']);
    expect(kinds).toEqual(['greeting', 'command', 'success', 'command', 'success']);
  });

  labTest('qemu-system-x86_64', 'python3')(
    'getfd through the proxy, and not through a plain relay',
    async () => {
      const folder = testFolder();
      const qemu = await startQemu(folder);
      const recording = await recorder(folder, qemu.socket);
      const plain = join(folder, 'plain.sock');
      const relay = createServer((socket) => {
        const server = connect(qemu.socket);
        socket.pipe(server).pipe(socket);
        for (const end of [socket, server]) end.on('error', () => undefined);
      });
      await new Promise<void>((resolve) => relay.listen(plain, resolve));
      onTestFinished(() => void relay.close());
      const script = join(folder, 'getfd.py');
      writeFileSync(script, getfd);
      const through = start('python3', [script, recording.listen]);
      expect(await through.ended).toBe(0);
      expect(through.stdout()).toBe('{"return": {}}\n');
      const without = start('python3', [script, plain]);
      expect(await without.ended).toBe(0);
      expect(without.stdout()).toMatch(/No file descriptor supplied/);
      await recording.stop();
      const command = (await recording.lines()).find((line) => line['name'] === 'getfd');
      expect(command).toMatchObject({ fds: 1 });
    },
  );

  qemuTest('the late response to a client that has gone is kept with the next one', async () => {
    const folder = testFolder();
    const qemu = await startQemu(folder);
    const recording = await recorder(folder, qemu.socket);
    const first = await negotiated(recording.listen);
    first.execute('human-monitor-command', { 'command-line': 'info mtree -f' }, 'old');
    first.socket.destroy();
    const second = await negotiated(recording.listen);
    await second.end();
    await recording.stop();
    const lines = await recording.lines();
    expect(lines.filter((line) => line['type'] === 'session')).toHaveLength(2);
    // Whether the response comes at all depends on which of the two QEMU sees first.
    for (const late of lines.filter((line) => line['late'] !== undefined)) {
      expect(late).toMatchObject({
        session: 2,
        id: 'old',
        late: { session: 1 },
        command: 'human-monitor-command',
      });
    }
    expect(lines.filter((line) => line['problem'] !== undefined)).toEqual([]);
  });
});

labTest('qemu-ga')('the guest agent, and its 0xFF', async () => {
  const folder = testFolder();
  const agent = await startGuestAgent(folder);
  const recording = await recorder(folder, agent.socket);
  const client = await QmpClient.connect(recording.listen);
  client.send('\xff{"execute":"guest-sync-delimited","arguments":{"id":4711}}\n');
  await client.receives(/\xff{"return": 4711}\n/);
  client.execute('guest-info');
  await client.receives(/supported_commands/);
  await client.end();
  await recording.stop();
  const lines = await recording.lines();
  expectSameBytes(lines, client);
  expect(lines[1]).toMatchObject({ dialect: 'qga' });
  expect(lines.slice(2)).toMatchObject([
    { kind: 'sync', dir: 'c2s', rawBase64: '/w==' },
    { kind: 'command', name: 'guest-sync-delimited' },
    { kind: 'error', replyTo: 1 },
    { kind: 'sync', dir: 's2c', rawBase64: '/w==' },
    { kind: 'success', replyTo: 2, command: 'guest-sync-delimited' },
    { kind: 'command', name: 'guest-info' },
    { kind: 'success', replyTo: 6 },
  ]);
  expect((await run(['check', recording.file])).code).toBe(0);
});
