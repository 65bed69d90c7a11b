/**
 * A server and clients that keep account of every byte: each side hashes what it sends and what it gets,
 * so that a session is either the same at both ends and in the recording, or not. Works for any relay.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { dial } from '../../src/transport/dial.js';
import { listen } from '../../src/transport/listen.js';
import type { Listener } from '../../src/transport/listener.js';
import type { Stream } from '../../src/transport/stream.js';
import type { Exchange } from './traffic.js';

const greeting =
  '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}}, "capabilities": ["oob"]}}\r\n';
const encoder = new TextEncoder();
/** An answer that takes longer than this never comes. */
const patience = 30_000;

/** One direction's bytes, by their hash and their numbers. */
export class Account {
  #hash = createHash('sha256');
  bytes = 0;
  messages = 0;

  add(chunk: string | Uint8Array, messages: number): void {
    this.#hash.update(chunk);
    this.bytes += chunk.length;
    this.messages += messages;
  }

  /** As text, to be compared. */
  close(): string {
    return `${this.messages} messages, ${this.bytes} bytes, ${this.#hash.digest('hex').slice(0, 16)}`;
  }
}

/** Calls `line` with each line of the chunks that come. */
function splitter(line: (text: string) => void): (chunk: Uint8Array) => void {
  let rest = '';
  const decoder = new TextDecoder();
  return (chunk) => {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const each of lines) line(each);
  };
}

/** Answers each command with what its client has left in `answers` for its id. */
export class Server {
  readonly answers = new Map<string, string>();
  /** What was heard and said, by the session's number. */
  readonly accounts = new Map<number, { readonly heard: Account; readonly said: Account }>();
  /** Descriptors that came, and that should have. */
  descriptors = 0;
  expected = 0;
  #listener: Listener | undefined;

  async listen(path: string): Promise<void> {
    this.#listener = await listen({ kind: 'unix', path });
    this.#listener.start({
      connection: (stream) => {
        this.#serve(stream);
      },
      trouble: fail,
    });
  }

  close(): void {
    this.#listener?.close();
  }

  #serve(stream: Stream): void {
    const account = { heard: new Account(), said: new Account() };
    const say = (text: string): void => {
      const bytes = encoder.encode(text);
      account.said.add(bytes, text.split('\n').length - 1);
      stream.write(bytes, []);
    };
    const hear = splitter((line) => {
      account.heard.add('', 1);
      const [, id = '', session] = /"id":"(soak-(\d+)-[^"]*)"/.exec(line) ?? [];
      this.accounts.set(Number(session), account);
      say(this.answers.get(id) ?? fail(`a command that nobody gave: ${line}`));
      this.answers.delete(id);
    });
    stream.start({
      data: (chunk, fds) => {
        this.descriptors += fds.length;
        for (const fd of fds) closeSync(fd);
        account.heard.add(chunk, 0);
        hear(chunk);
      },
      ended: () => {
        stream.close();
      },
      gone: () => {
        stream.close();
      },
      drained: () => undefined,
      closed: () => undefined,
      note: fail,
    });
    say(greeting);
  }
}

/** One connection to the relay, whose commands come one after the other. */
export class Client {
  readonly heard = new Account();
  readonly said = new Account();
  readonly #stream: Stream;
  readonly #server: Server;
  readonly #number: number;
  readonly #closed: Promise<void>;
  #count = 0;
  #next = 0;
  #awaited = { id: '', resolve: (): void => undefined };

  private constructor(stream: Stream, server: Server, number: number) {
    this.#stream = stream;
    this.#server = server;
    this.#number = number;
    this.#closed = new Promise((resolve) => {
      this.#start(resolve);
    });
  }

  static async connect(path: string, server: Server, number: number): Promise<Client> {
    return new Client(await dial({ kind: 'unix', path }), server, number);
  }

  /** Gives a command, and waits for its answer. */
  async say({ command, returned, events, fds }: Exchange): Promise<void> {
    const id = `soak-${this.#number}-${++this.#next}`;
    const lines = [...events, { return: returned, id }].map((value) => `${JSON.stringify(value)}\r\n`);
    this.#server.answers.set(id, lines.join(''));
    const bytes = encoder.encode(`${JSON.stringify({ ...command, id })}\r\n`);
    this.said.add(bytes, 1);
    this.#count += 1;
    this.#server.expected += fds;
    const answered = new Promise<void>((resolve) => (this.#awaited = { id, resolve }));
    this.#stream.write(
      bytes,
      Array.from({ length: fds }, () => openSync('/dev/null', 'r')),
    );
    const late = new AbortController();
    await Promise.race([
      answered,
      sleep(patience, undefined, { signal: late.signal }).then(
        () => fail(`no answer to ${id}`),
        () => undefined,
      ),
    ]);
    late.abort();
  }

  /** How many messages passed since this was last asked. */
  takeCount(): number {
    const count = this.#count;
    this.#count = 0;
    return count;
  }

  /** Closes, and waits for the end. */
  async close(): Promise<void> {
    this.#stream.close();
    await this.#closed;
  }

  #start(closed: () => void): void {
    const hear = splitter((line) => {
      this.#count += 1;
      this.heard.add('', 1);
      if (line.includes(`"id":"${this.#awaited.id}"`)) this.#awaited.resolve();
    });
    this.#stream.start({
      data: (chunk) => {
        this.heard.add(chunk, 0);
        hear(chunk);
      },
      ended: () => undefined,
      gone: (reason) => fail(`session ${this.#number}: the relay closed the connection ${reason ?? ''}`),
      drained: () => undefined,
      closed,
      note: fail,
    });
  }
}

function fail(what: string): never {
  throw new Error(what);
}
