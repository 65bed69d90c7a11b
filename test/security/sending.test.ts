/** Nothing is written to a server but what its client sent, unless the user has asked for it. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { record } from '../../src/launch/record/record.js';
import { testFolder } from '../support/folder.js';
import { PtyScreen } from '../support/pty-screen.js';
import { QmpClient } from '../support/qmp-client.js';
import { until } from '../support/until.js';

/** A server that greets, answers each line, and keeps what it was sent. */
async function server(path: string): Promise<() => string> {
  let heard = '';
  const listener = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write('{"QMP": {"version": {}, "capabilities": []}}\r\n');
    socket.on('data', (chunk) => {
      heard += chunk.toString();
      for (const line of chunk.toString().split('\n'))
        if (line.trim() !== '') socket.write('{"return": {}}\r\n');
    });
  });
  await new Promise<void>((resolve) => listener.listen(path, resolve));
  onTestFinished(() => void listener.close());
  return () => heard;
}

const negotiation = '{"execute":"qmp_capabilities"}\r\n';
const stop = '{"execute":"stop"}\r\n';

test('a program cannot, through a recorder that was not told to allow it', async () => {
  const folder = testFolder();
  const [listen, connect] = [join(folder, 't.sock'), join(folder, 'q.sock')];
  const heard = await server(connect);
  await using recorder = await record({ listen, connect, output: join(folder, 'a.qmptap') });
  const client = await QmpClient.connect(listen);
  client.send(negotiation);
  await client.receives(/return/);
  await expect(recorder.send(1, '{"execute":"quit"}')).rejects.toThrow(/allow/);
  client.send(stop);
  await client.receives(/return[^]*return/);
  expect(heard()).toBe(negotiation + stop);
});

/** A UI that somebody has got the better of: it asks its recorder, again and again, to send a command. */
const takenOver = `
if (process.argv.includes('ui') && process.send)
  setInterval(() => process.send({ type: 'send', token: 1, session: 1, text: '{"execute":"quit"}' }), 10);`;

/** Records with such a UI; gives what the server has heard when that has been closed and the client goes on. */
async function heardBeside(flags: readonly string[], quitComes: boolean): Promise<string> {
  const folder = testFolder();
  const [listen, connect, evil] = ['t.sock', 'q.sock', 'evil.cjs'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(evil, takenOver);
  const heard = await server(connect);
  const words = ['record', '--listen', listen, '--connect', connect, '-o', join(folder, 'a.qmptap'), '--ui'];
  const pty = new PtyScreen(process.execPath, ['dist/cli/main.js', ...words, ...flags], {
    env: { NODE_OPTIONS: `--require=${evil}` },
  });
  await pty.shows(/keys/);
  const client = await QmpClient.connect(listen);
  client.send(negotiation);
  await client.receives(/return/);
  if (quitComes) await until('the command of the UI', () => heard().includes('quit'));
  await pty.shows(/qmp_capabilities/);
  pty.type('Q');
  await pty.shows(/the recording goes on/);
  client.send(stop);
  await until('the last command', () => heard().includes('stop'));
  pty.signal('SIGINT');
  await pty.ended;
  return heard();
}

test('nor can a UI, whatever it asks', async () => {
  expect(await heardBeside([], false)).toBe(negotiation + stop);
});

test('with --allow-send it can', async () => {
  expect(await heardBeside(['--allow-send'], true)).toContain('{"execute": "quit", "id": "qmptap-1"}');
});
