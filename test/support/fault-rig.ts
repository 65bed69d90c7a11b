/**
 * A recorder as its user runs it, as a process of its own, between a server and a client that know every byte
 * that they sent and received. What is done to the recorder is up to the test.
 */
import type { SpawnOptions } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { checkMessages } from '../../src/inspect/check.js';
import type { Direction } from '../../src/recording/message.js';
import { openRecording } from '../../src/store/index/open.js';
import { testFolder } from './folder.js';
import { memoryOf, type Running, start } from './process.js';
import { greeting } from './recorded.js';
import { until } from './until.js';

/** Bytes that went one way. */
class Ledger {
  readonly parts: Buffer[] = [];
  length = 0;

  add(bytes: Buffer): Buffer {
    this.parts.push(bytes);
    this.length += bytes.length;
    return bytes;
  }

  bytes(): Buffer {
    return Buffer.concat(this.parts);
  }

  hash(): string {
    const hash = createHash('sha256');
    for (const part of this.parts) hash.update(part);
    return hash.digest('hex');
  }
}

/** One end of a connection that keeps account. */
class Accounted {
  readonly socket: Socket;
  readonly sent = new Ledger();
  readonly received = new Ledger();
  closed = false;
  #rest = '';

  constructor(socket: Socket, line: (text: string) => void) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.received.add(chunk);
      const lines = (this.#rest + chunk.toString('latin1')).split('\n');
      this.#rest = lines.pop() ?? '';
      lines.forEach(line);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => (this.closed = true));
    onTestFinished(() => void socket.destroy());
  }

  /** False: the socket is full. */
  send(text: string): boolean {
    return this.socket.write(this.sent.add(Buffer.from(text)));
  }
}

/** The server's end: greets, answers each command, and sends events when asked to. */
class ServerEnd extends Accounted {
  #events = 0;

  constructor(socket: Socket) {
    super(socket, (line) => {
      const id = /"id":(\d+)/.exec(line)?.[1];
      if (id !== undefined) this.send(`{"return": {}, "id": ${id}}\r\n`);
    });
    this.send(`${greeting}\r\n`);
    socket.on('end', () => socket.end());
  }

  event(size = 100): boolean {
    const data = `{"n": ${this.#events++}, "pad": "${'x'.repeat(size)}"}`;
    return this.send(
      `{"timestamp": {"seconds": 1, "microseconds": 1}, "event": "FLOOD", "data": ${data}}\r\n`,
    );
  }

  /** Sends events of such a size, as fast as they are taken, until the connection ends or `most` bytes are sent. */
  flood(size: number, most = Infinity): void {
    const pour = (): void => {
      while (!this.socket.destroyed && this.sent.length < most) {
        if (!this.event(size)) {
          this.socket.once('drain', pour);
          return;
        }
      }
    };
    pour();
  }
}

/** The client's end: negotiates, and gives commands. */
export class ClientEnd extends Accounted {
  answers = 0;
  commands = 0;
  #busy = false;

  constructor(socket: Socket) {
    super(socket, (line) => {
      if (!line.startsWith('{"return"')) return;
      this.answers += 1;
      if (this.#busy) this.command();
    });
  }

  command(name = 'query-status'): void {
    if (this.socket.destroyed) return;
    this.send(`{"execute":"${this.commands === 0 ? 'qmp_capabilities' : name}","id":${this.commands}}\r\n`);
    this.commands += 1;
  }

  /** From now on so many commands are always on their way. */
  keepBusy(window: number): void {
    this.#busy = true;
    for (let sent = 0; sent < window; sent++) this.command();
  }

  /** Gives so many commands, one after the other, each once the one before is answered. */
  async converse(count: number): Promise<void> {
    this.#busy = false;
    await this.settled();
    for (let n = 0; n < count; n++) {
      this.command();
      await this.settled();
    }
  }

  /** Waits until every command is answered. */
  async settled(): Promise<void> {
    await until(`${this.commands} answers; there are ${this.answers}`, () => {
      if (this.closed) throw new Error(`the connection was closed after ${this.answers} answers`);
      return this.answers === this.commands;
    });
  }

  /** Half-closes, and waits for the other end. */
  async end(): Promise<void> {
    this.#busy = false;
    this.socket.end();
    await until('the end of the session', () => this.closed || this.socket.readableEnded);
  }
}

/** The two ends of a session. */
export interface Peers {
  readonly client: ClientEnd;
  readonly server: ServerEnd;
}

/** How much of a session a recording holds, and how it ended. */
export interface Kept {
  readonly c2s: number;
  readonly s2c: number;
  readonly end: string | undefined;
}

/**
 * The file opens, is sound and without violations, and what it holds of each direction of each session is a
 * prefix of what was sent. Gives how much that is, by session.
 */
export function expectPrefixes(
  file: string,
  sentIn: (session: number, dir: Direction) => Buffer | undefined,
): Kept[] {
  using reader = openRecording(file);
  expect([...reader.damage()]).toEqual([]);
  expect([...checkMessages(reader)].filter(({ severity }) => severity === 'violation')).toEqual([]);
  return reader.sessions().map(({ id, end }) => {
    const length = (dir: Direction): number => {
      const frames = [...reader.messages({ session: id, where: { op: 'glob', field: 'dir', glob: dir } })];
      const kept = Buffer.concat(frames.map(({ raw }) => raw));
      const same = kept.equals(sentIn(id, dir)?.subarray(0, kept.length) ?? Buffer.alloc(0));
      expect(same, `session ${id}, ${dir}: ${kept.length} bytes are as they were sent`).toBe(true);
      return kept.length;
    };
    return { c2s: length('c2s'), s2c: length('s2c'), end };
  });
}

/** For `--import`: ends the program's threads at SIGCONT, which nobody takes for anything else. */
export const killableThread = `data:text/javascript,${encodeURIComponent(`
  const threads = [];
  process.on('worker', (thread) => threads.push(thread));
  process.on('SIGCONT', () => threads.forEach((thread) => thread.terminate()));`)}`;

interface RigOptions {
  /** The folder for the recording; else one of the test's own. */
  readonly folder?: string;
  /** More flags of `record`. Without any, it is quiet. */
  readonly flags?: readonly string[];
  /** In the place of Node: a command that runs it. */
  readonly wrapper?: readonly string[];
  /** Flags for Node. */
  readonly node?: readonly string[];
  readonly spawn?: SpawnOptions;
  /** Anybody may use the folder of the sockets. */
  readonly open?: boolean;
  /** Starts the recorder in another way, with these words. */
  readonly startWith?: (command: string, args: string[]) => void;
  /** Both sides over TCP, in the place of unix sockets. */
  readonly tcp?: boolean;
  /** What it says cannot be read. */
  readonly silent?: boolean;
}

export class Rig {
  readonly folder = testFolder();
  readonly file: string;
  readonly address = join(this.folder, 'c.sock');
  readonly servers: ServerEnd[] = [];
  readonly clients: ClientEnd[] = [];
  words: readonly string[] = [];
  recorder!: Running;
  readonly #tcp: boolean;

  private constructor({ folder = this.folder, tcp = false }: RigOptions) {
    this.file = join(folder, 'r.qmptap');
    this.#tcp = tcp;
  }

  /** Starts server and recorder; resolves when the recorder listens. */
  static async start(options: RigOptions = {}): Promise<Rig> {
    const rig = await Rig.startUnready(options);
    if (options.startWith === undefined && options.silent !== true) await rig.recorder.says(/recording /);
    // The file comes after the socket is listened on.
    else await until('the recorder to listen', () => existsSync(rig.file));
    return rig;
  }

  /** The same, but does not wait for the recorder. */
  static async startUnready(options: RigOptions = {}): Promise<Rig> {
    const rig = new Rig(options);
    if (options.open === true) chmodSync(rig.folder, 0o777);
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      rig.servers.push(new ServerEnd(socket));
    });
    const place = rig.#tcp ? { host: '127.0.0.1', port: 0 } : { path: join(rig.folder, 's.sock') };
    await new Promise<void>((resolve) => server.listen({ ...place, backlog: 512 }, resolve));
    if (options.open === true) chmodSync(join(rig.folder, 's.sock'), 0o777);
    onTestFinished(() => void server.close());
    const bound = server.address() as AddressInfo | string;
    const addresses =
      typeof bound === 'string' ? [rig.address, bound] : ['127.0.0.1:0', `127.0.0.1:${bound.port}`];
    const { flags = ['--quiet'], node = [] } = options;
    const main = join(process.cwd(), 'dist/cli/main.js');
    rig.words = [
      ...[process.execPath, ...node, main, 'record', '-o', rig.file],
      ...['--listen', addresses[0]!, '--connect', addresses[1]!, ...flags],
    ];
    const [command = '', ...args] = [...(options.wrapper ?? []), ...rig.words];
    if (options.startWith === undefined) rig.recorder = start(command, args, options.spawn);
    else options.startWith(command, args);
    return rig;
  }

  /** Begins to connect to the recorder. */
  dial(): Socket {
    if (!this.#tcp) return connect({ path: this.address, allowHalfOpen: true });
    const port = Number(/recording tcp:127\.0\.0\.1:(\d+)/.exec(this.recorder.stderr())?.[1]);
    return connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  }

  /** A client with its server; the session's number is that of its place. */
  async connect(): Promise<Peers> {
    const place = this.clients.length;
    const socket = this.dial();
    await once(socket, 'connect');
    const client = new ClientEnd(socket);
    this.clients.push(client);
    const server = await until('the server to be connected to', () => this.servers[place]);
    return { client, server };
  }

  /** Waits until its tables are there, and the last session's messages in them. */
  async tabled(): Promise<void> {
    await until('the tables', () => {
      using live = openRecording(this.file);
      return live.sessions().length === this.clients.length && live.sessions().at(-1)!.messages > 0;
    });
  }

  /** Every byte that one end sent is what the other received, in every session. */
  expectAllPassed(): void {
    this.clients.forEach((client, place) => {
      const server = this.servers[place]!;
      expect([client.received.length, client.received.hash()]).toEqual([
        server.sent.length,
        server.sent.hash(),
      ]);
      expect([server.received.length, server.received.hash()]).toEqual([
        client.sent.length,
        client.sent.hash(),
      ]);
    });
  }

  /** What `expectPrefixes` says of the recording. */
  expectPrefix(file = this.file): Kept[] {
    return expectPrefixes(file, (session, dir) =>
      (dir === 'c2s' ? this.clients : this.servers)[session - 1]?.sent.bytes(),
    );
  }

  /** The same, and that nothing is missing. */
  expectWhole(): void {
    const kept = this.expectPrefix();
    expect(kept.map(({ c2s, s2c }) => [c2s, s2c])).toEqual(
      this.clients.map((client, place) => [client.sent.length, this.servers[place]!.sent.length]),
    );
  }

  /** Why the recording does not hold everything. */
  incomplete(file = this.file): string | undefined {
    using reader = openRecording(file);
    return reader.info.incomplete;
  }

  /** Warnings and errors that the user was told, and what else is no plain information. */
  told(): string[] {
    return this.recorder
      .stderr()
      .split('\n')
      .filter((line) => line !== '' && !line.includes('INFO'));
  }

  /** Ends the recorder by a signal, and gives its exit code. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string> {
    this.recorder.signal(signal);
    return this.recorder.ended;
  }

  /** Ends the recorder: it has passed on all that was sent, and the recording holds all of it. */
  async endWhole(): Promise<void> {
    expect(await this.end()).toBe(143);
    this.expectAllPassed();
    this.expectWhole();
    expect(this.incomplete()).toBeUndefined();
  }

  /** A number of the recorder's process from /proc, in kB. */
  memory(what: 'VmHWM' | 'VmRSS'): number {
    return memoryOf(this.recorder.pid, what);
  }
}
