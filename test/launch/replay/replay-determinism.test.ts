import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { replayClient } from '../../../src/launch/replay/replay-client.js';
import { replayServer } from '../../../src/launch/replay/replay-server.js';
import { openRecording } from '../../../src/store/index/open.js';
import { testFolder } from '../../support/folder.js';

const runs = 200;
const file = join('recordings', 'demo.qmptap');

/** Two hundred ways to cut bytes, the same ones every time. */
const cuts = fc.sample(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 }), {
  numRuns: runs,
  seed: 1,
});

function bytesOf(dir: 'c2s' | 's2c'): Buffer {
  using recording = openRecording(file);
  return Buffer.concat(
    [...recording.messages({ session: 1, where: { op: 'glob', field: 'dir', glob: dir } })].map(
      ({ raw }) => raw,
    ),
  );
}

/** Keeps a core busy until the test is over. */
function busyCore(): void {
  const worker = new Worker('for (;;) Math.sqrt(2);', { eval: true });
  onTestFinished(async () => {
    await worker.terminate();
  });
}

function pieces(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    found.push(bytes.subarray(at, at + size));
    at += size;
  }
  return found;
}

/** Lets what was written leave as a chunk of its own. */
const aTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test.each(['strict', 'content'] as const)(
  'a replayed server says the same bytes 200 times (%s)',
  async (match) => {
    busyCore();
    const server = await replayServer(file, { match, clients: 'keep' });
    onTestFinished(() => server[Symbol.asyncDispose]());
    // The recorded server closes at the brace that ends `quit`; what comes behind it may not be taken.
    const input = bytesOf('c2s').subarray(0, bytesOf('c2s').lastIndexOf('}') + 1);
    const hashes = new Set<string>();
    for (const sizes of cuts) {
      const hash = createHash('sha256');
      const socket = connect({ path: server.address.replace('unix:', ''), allowHalfOpen: true });
      socket.on('data', (chunk) => hash.update(chunk));
      const ended = once(socket, 'end');
      for (const piece of pieces(input, sizes)) {
        socket.write(piece);
        await aTurn();
      }
      socket.end();
      await ended;
      hashes.add(hash.digest('hex'));
    }
    expect([...hashes]).toEqual([createHash('sha256').update(bytesOf('s2c')).digest('hex')]);
    expect((await server.stop()).diverged).toBe(0);
  },
);

test('a replayed client says the same bytes 200 times', async () => {
  busyCore();
  const path = join(testFolder(), 'q.sock');
  const output = bytesOf('s2c');
  const hashes = new Set<string>();
  let turn = 0;
  // Says all at once what the recorded server said, cut in another way each time.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const hash = createHash('sha256');
    socket.on('data', (chunk) => hash.update(chunk));
    socket.on('error', () => undefined);
    socket.on('end', () => {
      hashes.add(hash.digest('hex'));
      socket.end();
    });
    void (async () => {
      for (const piece of pieces(output, cuts[turn++ % runs]!)) {
        socket.write(piece);
        await aTurn();
      }
      socket.end();
    })();
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => void server.close());
  for (let run = 0; run < runs; run++) {
    const client = await replayClient(file, { connect: `unix:${path}` });
    await client.finished;
  }
  expect([...hashes]).toEqual([createHash('sha256').update(bytesOf('c2s')).digest('hex')]);
});
