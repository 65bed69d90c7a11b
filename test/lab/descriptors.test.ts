/**
 * Descriptors and ends as QEMU itself sees them, through the relay and (to prove that the tests test)
 * through one that reads plainly.
 */
import { constants, openSync, writeFileSync } from 'node:fs';
import { Socket, connect, createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { parseAddress } from '../../src/transport/address.js';
import { dial } from '../../src/transport/dial.js';
import { drive } from '../../src/transport/session/drive.js';
import type { ProxyEvent } from '../../src/transport/session/drive.js';
import { listen } from '../../src/transport/listen.js';
import { noDescriptors } from '../../src/transport/stream.js';
import { testFolder } from '../support/folder.js';
import { start } from '../support/process.js';
import type { Running } from '../support/process.js';
import { labTest } from '../support/programs.js';
import { smallMachine, startQemu } from '../support/qemu.js';
import { collect, openDescriptors } from '../support/streams.js';
import type { Collector } from '../support/streams.js';
import { MemorySink } from '../support/traffic-sink.js';
import { until } from '../support/until.js';

const qemuTest = labTest('qemu-system-x86_64');

interface Lab {
  readonly folder: string;
  readonly qemu: Running;
  readonly sink: MemorySink;
  readonly events: ProxyEvent[];
  /** A client of the relay. */
  readonly client: () => Promise<Monitor>;
}

async function lab(machine: readonly string[] = smallMachine): Promise<Lab> {
  const folder = testFolder();
  const qemu = await startQemu(folder, { machine });
  const clients = await listen(parseAddress(join(folder, 'client')));
  const sink = new MemorySink();
  const events: ProxyEvent[] = [];
  const server = { dial: parseAddress(qemu.socket) };
  const proxy = drive({ clients, server, sink, onEvent: (event) => events.push(event) });
  onTestFinished(() => proxy.stop(0));
  return { folder, qemu, sink, events, client: () => Monitor.at(join(folder, 'client')) };
}

/** A QMP client that can send descriptors. */
class Monitor {
  readonly heard: Collector;

  private constructor(heard: Collector) {
    this.heard = heard;
    onTestFinished(() => {
      heard.stream.destroy();
    });
  }

  static async at(path: string): Promise<Monitor> {
    return new Monitor(collect(await dial(parseAddress(path))));
  }

  get text(): string {
    return this.heard.bytes.toString();
  }

  /** All that the server said, message by message. */
  get messages(): Record<string, unknown>[] {
    const lines = this.text.split('\r\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  send(bytes: string, file?: string): void {
    const fds = file === undefined ? noDescriptors : [openSync(file, 'r')];
    this.heard.stream.write(new TextEncoder().encode(bytes), fds);
  }

  command(execute: string, id: string, args?: object, file?: string): void {
    this.send(`${JSON.stringify({ execute, arguments: args, id })}\r\n`, file);
  }

  async response(id: string): Promise<Record<string, unknown>> {
    await this.heard.until(() => this.text.includes(`"id": "${id}"`) && this.text.endsWith('\r\n'));
    return this.messages.find((message) => message.id === id)!;
  }

  async negotiate(capabilities: readonly string[] = []): Promise<void> {
    this.command('qmp_capabilities', 'negotiation', { enable: capabilities });
    expect(await this.response('negotiation')).toMatchObject({ return: {} });
  }

  leave(): void {
    this.heard.stream.destroy();
  }
}

const done = { return: {} };

describe('getfd and add-fd', () => {
  qemuTest('work as without us, and the sink counts the descriptors', async () => {
    const { folder, client, sink } = await lab();
    const file = join(folder, 'passed');
    writeFileSync(file, 'x');
    const monitor = await client();
    await monitor.negotiate();
    monitor.command('getfd', 'get', { fdname: 'migrate' }, file);
    expect(await monitor.response('get')).toEqual({ ...done, id: 'get' });
    monitor.command('add-fd', 'add', { 'fdset-id': 7, opaque: 'here' }, file);
    expect(await monitor.response('add')).toMatchObject({ return: { 'fdset-id': 7 } });
    monitor.command('query-fdsets', 'query');
    const fds = [expect.objectContaining({ opaque: 'here' }) as object];
    expect(await monitor.response('query')).toMatchObject({ return: [{ 'fdset-id': 7, fds }] });
    monitor.leave();
    const session = await sink.over(1);
    expect(session.fds('c2s')).toBe(2);
    expect(session.closed?.end).toBe('client-closed');
  });

  qemuTest('work pipelined, between plain commands, each with its own', async () => {
    const { folder, client } = await lab();
    const files = Array.from({ length: 20 }, (_, each) => join(folder, `file${each}`));
    for (const file of files) writeFileSync(file, '');
    const monitor = await client();
    await monitor.negotiate();
    files.forEach((file, each) => {
      monitor.command('query-status', `before${each}`);
      monitor.command('add-fd', `add${each}`, { 'fdset-id': each, opaque: file }, file);
      monitor.command('query-version', `after${each}`);
      monitor.command('query-version', `again${each}`);
    });
    await monitor.response('again19');
    const responses = monitor.messages.filter(({ id }) => String(id).startsWith('add'));
    expect(responses.map(({ return: result }) => (result as { 'fdset-id': number })['fdset-id'])).toEqual(
      files.map((_, each) => each),
    );
    monitor.command('query-fdsets', 'query');
    const sets = (await monitor.response('query')).return as {
      'fdset-id': number;
      fds: { opaque: string }[];
    }[];
    expect(
      sets
        .map((set) => [set['fdset-id'], set.fds.map(({ opaque }) => opaque)])
        .sort((a, b) => Number(a[0]) - Number(b[0])),
    ).toEqual(files.map((file, each) => [each, [file]]));
    expect(monitor.text).not.toContain('"error"');
  });

  qemuTest('work with the descriptor on the first byte, and on the closing brace', async () => {
    const { folder, client } = await lab();
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const monitor = await client();
    await monitor.negotiate();
    const command = (id: string): string => `{"execute":"getfd","arguments":{"fdname":"${id}"},"id":"${id}"}`;
    monitor.send('{', file);
    monitor.send(command('first').slice(1));
    monitor.send(command('brace').slice(0, -1));
    monitor.send('}', file);
    expect(await monitor.response('first')).toMatchObject(done);
    expect(await monitor.response('brace')).toMatchObject(done);
    // Behind the brace it is too late for this command, and there for the next: as without us.
    monitor.send(command('late'));
    monitor.send('\n', file);
    expect(await monitor.response('late')).toMatchObject({
      error: { desc: 'No file descriptor supplied via SCM_RIGHTS' },
    });
    monitor.send(command('next'));
    expect(await monitor.response('next')).toMatchObject(done);
  });

  qemuTest(
    'leak no descriptor in a thousand',
    async () => {
      const { folder, client } = await lab();
      const file = join(folder, 'file');
      writeFileSync(file, '');
      const monitor = await client();
      await monitor.negotiate();
      const before = openDescriptors();
      for (let each = 0; each < 1000; each++) {
        monitor.command('getfd', `get${each}`, { fdname: 'same' }, file);
        if (each % 50 === 49) expect(await monitor.response(`get${each}`)).toMatchObject(done);
      }
      expect(openDescriptors()).toBe(before);
      expect(monitor.text).not.toContain('"error"');
    },
    30_000,
  );

  qemuTest('fail through a relay that reads plainly', async () => {
    const folder = testFolder();
    const qemu = await startQemu(folder);
    const plain = createServer((near) => {
      const far = connect(qemu.socket);
      near.pipe(far).pipe(near);
      near.on('error', () => far.destroy());
      far.on('error', () => near.destroy());
    }).listen(join(folder, 'client'));
    await once(plain, 'listening');
    onTestFinished(() => void plain.close());
    const monitor = await Monitor.at(join(folder, 'client'));
    await monitor.negotiate();
    monitor.command('getfd', 'get', { fdname: 'migrate' }, '/dev/null');
    expect(await monitor.response('get')).toMatchObject({
      error: { desc: 'No file descriptor supplied via SCM_RIGHTS' },
    });
    monitor.leave();
  });
});

describe('another program', () => {
  const sender = `
import array, os, random, socket, sys
s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
rng = random.Random(int(sys.argv[2])); at = 0; sent = []
for _ in range(400):
    size = rng.choice([1, 5, 50, 300, 5000, 70000 if rng.random() < 0.02 else 20])
    fds = [0] * rng.choice([0, 0, 0, 1, 2])
    data = b'x' * size
    while data:
        n = s.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', fds))] if fds else [])
        if fds: sent.append((at, len(fds)))
        fds = []; at += n; data = data[n:]
print(sent)`;
  /** Reads byte by byte, which tells the place of a descriptor without any doubt. */
  const receiver = `
import os, socket, sys
l = socket.socket(socket.AF_UNIX); l.bind(sys.argv[1]); l.listen(); print('ready', flush=True)
s, _ = l.accept(); at = 0; got = []
while True:
    data, fds, flags, _ = socket.recv_fds(s, 1, 253)
    if fds: got.append((at, len(fds)))
    for fd in fds: os.close(fd)
    if not data: break
    at += 1
print(got)`;

  labTest('python3')(
    'sends and another receives descriptors, each on its byte, at full speed',
    async () => {
      const folder = testFolder();
      const server = start('python3', ['-c', receiver, join(folder, 'server')]);
      await server.says(/ready/, 'stdout');
      const clients = await listen(parseAddress(join(folder, 'client')));
      const sink = new MemorySink();
      const proxy = drive({ clients, server: { dial: parseAddress(join(folder, 'server')) }, sink });
      onTestFinished(() => proxy.stop(0));
      const client = start('python3', ['-c', sender, join(folder, 'client'), '1']);
      expect(await client.ended).toBe(0);
      expect(await server.ended).toBe(0);
      const sent = client.stdout();
      expect(sent.length).toBeGreaterThan(500);
      expect(server.stdout()).toBe(`ready\n${sent}`);
      expect((await sink.over(1)).start.client).toMatchObject({
        pid: client.pid,
        program: expect.stringMatching(/^python/) as string,
      });
    },
    30_000,
  );
});

describe('QEMU’s monitor for one client', () => {
  qemuTest('lets the others wait without a greeting, and serves them in order', async () => {
    const { client, sink, events } = await lab();
    const first = await client();
    await first.negotiate();
    const others: Monitor[] = [];
    for (let each = 2; each <= 6; each++) {
      others.push(await client());
      await sink.until(({ sessions }) => sessions.length === each);
    }
    others.forEach((monitor, each) => {
      monitor.command('qmp_capabilities', `early${each}`);
    });
    // QEMU's queue holds two; those after them wait for the queue.
    const told = (): unknown[] =>
      events.filter((event) => event.type === 'trouble' && /session 1 has it/.test(event.text));
    await until('three to be told who has it', () => told().length >= 3);
    first.command('query-status', 'mine');
    await first.response('mine');
    expect(others.map(({ text }) => text)).toEqual(['', '', '', '', '']);
    let before = first;
    for (const [each, monitor] of others.entries()) {
      before.leave();
      expect(await monitor.response(`early${each}`)).toMatchObject(done);
      expect(monitor.messages[0]).toHaveProperty('QMP');
      expect(others.slice(each + 1).every(({ text }) => text === '')).toBe(true);
      before = monitor;
    }
  });

  qemuTest('answers everything before a half-close, then closes', async () => {
    const { client, sink } = await lab();
    const monitor = await client();
    await monitor.negotiate();
    for (let each = 0; each < 20; each++) monitor.command('query-version', `query${each}`);
    monitor.heard.stream.shutdown();
    await monitor.heard.until((self) => self.hasEnded || self.goneReason !== null);
    expect(monitor.messages.filter(({ id }) => String(id).startsWith('query')).length).toBe(20);
    monitor.leave();
    expect((await sink.over(1)).closed?.end).toBe('client-closed');
  });

  qemuTest('gives the answer to a client that has left to the next one', async () => {
    const { folder, client, sink } = await lab([
      '-machine',
      'pc,accel=tcg',
      '-m',
      '64',
      '-nodefaults',
      '-display',
      'none',
      '-S',
    ]);
    const pipe = join(folder, 'pipe');
    expect(await start('mkfifo', [pipe]).ended).toBe(0);
    const end = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const first = await client();
    await first.negotiate();
    // QEMU is busy with this for as long as nobody reads the pipe, and is known to be once there is something in it.
    first.command('pmemsave', 'slow', { val: 0, size: 1 << 24, filename: pipe });
    const saved = new Socket({ fd: end });
    await once(saved, 'readable');
    first.leave();
    expect((await sink.over(1)).closed?.end).toBe('client-closed');
    const second = await client();
    await second.heard.until(() => second.text.includes('"QMP"'));
    saved.resume();
    expect(await second.response('slow')).toEqual({ ...done, id: 'slow' });
    await second.negotiate();
    saved.destroy();
    expect(sink.session(1).text('s2c')).not.toContain('"slow"');
    expect(sink.session(2).text('s2c')).toContain('"slow"');
  });

  qemuTest('that quits says so, closes, and the session is the server’s to end', async () => {
    const { qemu, client, sink } = await lab();
    const monitor = await client();
    await monitor.negotiate();
    monitor.command('quit', 'quit');
    await monitor.heard.until((self) => self.goneReason !== null);
    expect(monitor.messages.at(-1)).toEqual({ ...done, id: 'quit' });
    const session = await sink.over(1);
    expect(session.closed?.end).toBe('server-closed');
    expect(session.text('s2c')).toBe(monitor.text);
    expect(await qemu.ended).toBe(0);
    const late = await client();
    await late.heard.until((self) => self.goneReason !== null);
    expect((await sink.over(2)).closed).toMatchObject({ end: 'server-unreachable' });
  });
});
