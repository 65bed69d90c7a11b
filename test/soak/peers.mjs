/**
 * A server and clients that keep account of every byte: each side hashes what it sends and what it gets,
 * so that a session is either the same at both ends and in the recording, or not. Works for any relay.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { dial } from '../../dist/transport/dial.js';
import { listen } from '../../dist/transport/listen.js';

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

  add(chunk, messages) {
    this.#hash.update(chunk);
    this.bytes += chunk.length;
    this.messages += messages;
  }

  /** As text, to be compared. */
  close() {
    return `${this.messages} messages, ${this.bytes} bytes, ${this.#hash.digest('hex').slice(0, 16)}`;
  }
}

/** Calls `line` with each line of the chunks that come. */
function splitter(line) {
  let rest = '';
  const decoder = new TextDecoder();
  return (chunk) => {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop();
    lines.forEach(line);
  };
}

/** Answers each command with what its client has left in `answers` for its id. */
export class Server {
  answers = new Map();
  /** What was heard and said, by the session's number. */
  accounts = new Map();
  /** Descriptors that came, and that should have. */
  descriptors = 0;
  expected = 0;
  #listener;

  async listen(path) {
    this.#listener = await listen({ kind: 'unix', path });
    this.#listener.start({ connection: (stream) => this.#serve(stream), trouble: fail });
  }

  close() {
    this.#listener.close();
  }

  #serve(stream) {
    const account = { heard: new Account(), said: new Account() };
    const say = (text) => {
      const bytes = encoder.encode(text);
      account.said.add(bytes, text.split('\n').length - 1);
      stream.write(bytes, []);
    };
    const hear = splitter((line) => {
      account.heard.add('', 1);
      const id = /"id":"(soak-[^"]*)"/.exec(line)?.[1];
      this.accounts.set(Number(id.split('-')[1]), account);
      say(this.answers.get(id));
      this.answers.delete(id);
    });
    stream.start({
      data: (chunk, fds) => {
        this.descriptors += fds.length;
        fds.forEach((fd) => closeSync(fd));
        account.heard.add(chunk, 0);
        hear(chunk);
      },
      ended: () => stream.close(),
      gone: () => stream.close(),
      drained: () => undefined,
      closed: () => undefined,
      note: fail,
    });
    say(greeting);
  }
}

/** One connection to the relay, whose commands come one after the other. */
export class Client {
  heard = new Account();
  said = new Account();
  #count = 0;
  #stream;
  #server;
  #number;
  #next = 0;
  #awaited = { id: '', resolve: () => undefined };
  #closed = deferred();

  static async connect(path, server, number) {
    const client = new Client();
    client.#number = number;
    client.#server = server;
    client.#stream = await dial({ kind: 'unix', path });
    client.#start();
    return client;
  }

  /** Gives a command, and waits for its answer. */
  async say({ command, returned, events, fds }) {
    const id = `soak-${this.#number}-${++this.#next}`;
    const lines = [...events, { return: returned, id }].map((value) => `${JSON.stringify(value)}\r\n`);
    this.#server.answers.set(id, lines.join(''));
    const bytes = encoder.encode(`${JSON.stringify({ ...command, id })}\r\n`);
    this.said.add(bytes, 1);
    this.#count += 1;
    this.#server.expected += fds;
    const answered = new Promise((resolve) => (this.#awaited = { id, resolve }));
    this.#stream.write(
      bytes,
      Array.from({ length: fds }, () => openSync('/dev/null')),
    );
    const late = new AbortController();
    await Promise.race([
      answered,
      sleep(patience, undefined, late).then(
        () => fail(`no answer to ${id}`),
        () => {},
      ),
    ]);
    late.abort();
  }

  /** How many messages passed since this was last asked. */
  takeCount() {
    const count = this.#count;
    this.#count = 0;
    return count;
  }

  /** Closes, and waits for the end. */
  async close() {
    this.#stream.close();
    await this.#closed.promise;
  }

  #start() {
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
      closed: () => this.#closed.resolve(),
      note: fail,
    });
  }
}

function deferred() {
  const one = {};
  one.promise = new Promise((resolve) => (one.resolve = resolve));
  return one;
}

function fail(what) {
  throw new Error(what);
}
