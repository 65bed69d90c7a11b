/**
 * Our framer against the real QEMU: the same bytes to both, reply by reply. What the framer and the
 * parser predict of each message (parse error and its words, or none) must be what QEMU answers.
 */
import fc from 'fast-check';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, watch } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { canonicalJson } from '../../src/json/canonical.js';
import { Framer } from '../../src/json/framer.js';
import { classicInput, serverOutput } from '../../src/json/framer-profile.js';
import { frameProblem, parseJson } from '../../src/json/parse.js';
import { parsePath, valueAt } from '../../src/json/path.js';
import { isObject, type JsonObject } from '../../src/json/value.js';
import { edgeCases } from '../fixtures/edge-cases.js';
import { framesOf, fromLatin1 } from '../support/frames.js';
import { labTest } from '../support/programs.js';

const QEMU = 'qemu-system-x86_64';
const qemuTest = labTest(QEMU);

/** Resets QEMU's parser whatever came before, then asks for an answer that shows that all is answered. */
const SENTINEL = '\n\xff\n{"execute":"query-name","id":"end of case"}\n';

let folder: string | undefined;
let qemu: ChildProcess | undefined;

function socketPath(): string {
  return join(folder ?? '', 'q.sock');
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'qmptap-'));
  const created = new Promise<void>((resolve, reject) => {
    const watcher = watch(folder ?? '', () => {
      if (!existsSync(socketPath())) return;
      watcher.close();
      resolve();
    });
    const qmp = `unix:${socketPath()},server=on,wait=off`;
    const options = ['-machine', 'none', '-nodefaults', '-display', 'none', '-qmp', qmp];
    qemu = spawn(QEMU, options, { stdio: 'inherit' });
    qemu.once('error', (error) => {
      watcher.close();
      // Not installed: the tests tell it.
      if ('code' in error && error.code === 'ENOENT') resolve();
      else reject(error);
    });
  });
  await created;
});

afterAll(() => {
  qemu?.kill('SIGKILL');
  if (folder !== undefined) rmSync(folder, { recursive: true });
});

/** A negotiated QMP session, read with our own framer. */
class Session {
  readonly #socket: Socket;
  readonly #framer = new Framer(serverOutput);
  readonly #replies: JsonObject[] = [];
  #wake = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    const sink = {
      frame: (bytes: Uint8Array) => {
        const value = parseJson(bytes, { nonFinite: true });
        if (isObject(value)) this.#replies.push(value);
        this.#wake();
      },
      trailer: () => {},
    };
    socket.on('data', (chunk: Uint8Array) => {
      this.#framer.push(chunk, sink);
    });
  }

  static async open(): Promise<Session> {
    const socket = connect(socketPath());
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    const session = new Session(socket);
    await session.#next();
    socket.write('{"execute":"qmp_capabilities"}\n');
    await session.#next();
    return session;
  }

  async #next(): Promise<JsonObject> {
    for (;;) {
      const reply = this.#replies.shift();
      if (reply !== undefined) return reply;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** All that QEMU answers to these bytes; the last is the answer to the sentinel. */
  async ask(bytes: string): Promise<JsonObject[]> {
    this.#socket.write(fromLatin1(bytes + SENTINEL));
    const replies: JsonObject[] = [];
    do replies.push(await this.#next());
    while (replies.at(-1)?.get('id') !== 'end of case');
    return replies;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.once('close', resolve));
    this.#socket.destroy();
    await closed;
  }
}

/** What a reply says, in the words of the table. */
function told(reply: JsonObject): string {
  const desc = valueAt(reply, parsePath('error.desc'));
  if (typeof desc !== 'string') return 'ok';
  const ofParser = !reply.has('id') && /^JSON (parse error, |.* limit exceeded$)/.test(desc);
  return ofParser ? `parse-error:${desc}` : `input-error:${desc}`;
}

/** What the framer says of each message: its parse error, or the command's id. */
function predicted(bytes: string): string[] {
  return framesOf(classicInput, fromLatin1(bytes + SENTINEL)).map(({ text, length, problem }) => {
    const frame = fromLatin1(text.slice(0, length));
    const refusal = problem ?? frameProblem(frame);
    if (refusal !== undefined) return `parse-error:${refusal}`;
    const value = parseJson(frame);
    const id = isObject(value) ? value.get('id') : undefined;
    return id === undefined ? 'accepted' : `accepted:${canonicalJson(id)}`;
  });
}

/** The same of what QEMU answered. */
function observed(replies: readonly JsonObject[]): string[] {
  return replies.map((reply) => {
    const said = told(reply);
    if (said.startsWith('parse-error:')) return said;
    const id = reply.get('id');
    return id === undefined ? 'accepted' : `accepted:${canonicalJson(id)}`;
  });
}

describe('framing as QEMU does it', () => {
  for (const { name, bytes, replies: expected } of edgeCases) {
    qemuTest(name, async () => {
      const session = await Session.open();
      const replies = await session.ask(bytes);
      await session.close();
      expect(observed(replies)).toEqual(predicted(bytes));
      expect(replies.slice(0, expected.length).map(told)).toEqual(expected);
    });
  }

  qemuTest('whatever bytes a property test makes up', async () => {
    const piece = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...Array.from('{}[]:,"\'\\ \n')) },
      {
        weight: 3,
        arbitrary: fc.constantFrom(...Array.from('0123456789-+.eEaunlt\xff\xfe\x00\x01\xc3\xa9\xed\x7f%')),
      },
      {
        weight: 3,
        arbitrary: fc.constantFrom('"id":', '"a"', 'true', 'null', '1.5e3', '"execute":"query-name"'),
      },
      { weight: 1, arbitrary: fc.nat(255).map((byte) => String.fromCharCode(byte)) },
    );
    const inputs = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
    const session = await Session.open();
    await fc.assert(
      fc.asyncProperty(inputs, async (bytes) => {
        expect(observed(await session.ask(bytes))).toEqual(predicted(bytes));
      }),
      { numRuns: 200 },
    );
    await session.close();
  });
});
