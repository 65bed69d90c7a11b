import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ConnectError, OutputError, UsageError } from '../../../src/errors.js';
import { record, type RecordOptions, type RunningRecorder } from '../../../src/launch/record/record.js';
import type { RecordEvent } from '../../../src/launch/record/record-event.js';
import { openRecording } from '../../../src/store/index/open.js';
import { testFolder } from '../../support/folder.js';
import { QmpClient } from '../../support/qmp-client.js';
import { greeting } from '../../support/recorded.js';
import { until } from '../../support/until.js';

interface Place {
  readonly folder: string;
  readonly listen: string;
  readonly connect: string;
  readonly output: string;
}

function place(): Place {
  const folder = testFolder();
  const [listen, connect, output] = ['c.sock', 's.sock', 'a.qmptap'].map((name) => join(folder, name));
  return { folder, listen: listen!, connect: connect!, output: output! };
}

/** A server that greets, and answers every line. */
async function serve(path: string): Promise<Server> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.write(`${greeting}\r\n`);
    socket.on('data', () => socket.write('{"return": {}}\r\n'));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return server;
}

async function started(options: RecordOptions): Promise<RunningRecorder> {
  const recorder = await record(options);
  onTestFinished(() => recorder[Symbol.asyncDispose]());
  return recorder;
}

test('records every session between two sockets, and says what was done', async () => {
  const { listen, connect, output } = place();
  await serve(connect);
  const events: RecordEvent[] = [];
  const recorder = await started({
    listen,
    connect,
    output,
    label: 'vm',
    onEvent: (event) => events.push(event),
  });
  expect(recorder).toMatchObject({ address: `unix:${listen}`, path: output });
  expect(statSync(listen).mode & 0o777).toBe(0o600);
  for (let session = 0; session < 2; session++) {
    const client = await QmpClient.connect(listen);
    client.execute('stop');
    await client.receives(/"return"/);
    await client.end();
  }
  await until('the ends', () => events.filter(({ type }) => type === 'closed').length === 2);
  const summary = await recorder.stop();
  expect(await recorder.stop()).toBe(summary);
  expect(summary).toEqual({
    ...{
      path: output,
      files: [{ path: output, firstSession: 1, sessions: 2, messages: 6, incomplete: undefined }],
    },
    ...{ sessions: 2, messages: 6, incomplete: undefined },
  });
  expect(events.map(({ type }) => type)).toEqual([
    'opened',
    'joined',
    'closed',
    'opened',
    'joined',
    'closed',
  ]);
  expect(existsSync(listen)).toBe(false);
  using reader = openRecording(output);
  expect(reader.sessions()).toMatchObject([
    { label: 'vm', messages: 3 },
    { label: 'vm', messages: 3 },
  ]);
});

test('a server that dials in is waited for', async () => {
  const { folder, listen, output } = place();
  const there = join(folder, 'there.sock');
  await started({ listen, serverListens: there, output });
  const client = await QmpClient.connect(listen);
  const server = await QmpClient.connect(there);
  server.send(`${greeting}\r\n`);
  await client.receives(/"QMP"/);
});

test('a client that listens is connected to, with a server that is dialed or dials in', async () => {
  const { folder, connect, output } = place();
  const [waits, there] = [join(folder, 'waits.sock'), join(folder, 'there.sock')];
  const came: Socket[] = [];
  const client = createServer((socket) => came.push(socket));
  await new Promise<void>((resolve) => client.listen(waits, resolve));
  onTestFinished(() => void client.close());
  await serve(connect);
  const recorder = await started({ dialClient: waits, connect, output });
  expect(recorder.address).toBe(`unix:${waits}`);
  await until('the first', () => came.length === 1);
  const first = new QmpClient(came[0]!);
  await first.receives(/"QMP"/);
  await first.end();
  await until('the second', () => came.length === 2);
  const second = new QmpClient(came[1]!);
  await second.receives(/"QMP"/);
  expect((await recorder.stop()).sessions).toBe(2);

  await started({ dialClient: waits, serverListens: there, output: `${output}2` });
  expect(came).toHaveLength(2);
  const server = await QmpClient.connect(there);
  await until('the third', () => came.length === 3);
  server.send(`${greeting}\r\n`);
  await new QmpClient(came[2]!).receives(/"QMP"/);
  await expect(record({ dialClient: waits, serverListens: waits, output })).rejects.toThrow(UsageError);
});

test('a command of the user is sent only where that is allowed, into an open session', async () => {
  const { listen, connect, output } = place();
  await serve(connect);
  const recorder = await started({ listen, connect, output, allowSend: true });
  await expect(recorder.send(1, 'stop')).rejects.toThrow('session 1 is not open');
  const client = await QmpClient.connect(listen);
  client.execute('qmp_capabilities');
  await client.receives(/"return"/);
  await recorder.send(1, 'query-status');
  await expect(recorder.send(1, 'not { a command')).rejects.toThrow();
  await client.end();
  await recorder.stop();
  using reader = openRecording(output);
  expect([...reader.messages()].some(({ name }) => name === 'query-status')).toBe(true);
});

test('nothing is left where it cannot begin', async () => {
  const { folder, listen, connect, output } = place();
  await expect(record({ listen, connect: `${folder}/./c.sock`, output })).rejects.toThrow(UsageError);
  await expect(record({ listen, connect, output, redact: ['opaque'] })).rejects.toThrow(UsageError);
  await expect(record({ listen: join(folder, 'no', 'c.sock'), connect, output })).rejects.toThrow(
    ConnectError,
  );
  expect(readdirSync(folder)).toEqual([]);
  writeFileSync(output, 'mine');
  await expect(record({ listen, connect, output })).rejects.toThrow(OutputError);
  expect(readdirSync(folder)).toEqual(['a.qmptap']);
});
