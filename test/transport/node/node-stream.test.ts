import { PassThrough, Writable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { NodeStream } from '../../../src/transport/node/node-stream.js';
import { highWater, noDescriptors } from '../../../src/transport/stream.js';
import { collect, type Collector, descriptors, openDescriptors, turns } from '../../support/streams.js';

/** A stream over two ends that the test holds: what its peer sends, and what its peer gets. */
function held(): { stream: NodeStream; sends: PassThrough; gets: PassThrough } {
  const [sends, gets] = [new PassThrough(), new PassThrough()];
  const stream = new NodeStream(sends, gets, { address: 'stdio' });
  onTestFinished(() => {
    stream.destroy();
  });
  return { stream, sends, gets };
}

/** All that was told, in its order. */
function told(stream: NodeStream): { collector: Collector; order: string[] } {
  const order: string[] = [];
  const collector = collect(stream);
  for (const name of ['ended', 'gone', 'closed', 'drained'] as const) {
    const before = collector[name].bind(collector) as (...args: unknown[]) => void;
    collector[name] = (...args: unknown[]) => {
      order.push(name);
      before(...args);
    };
  }
  return { collector, order };
}

describe('a stream of Node', () => {
  test('that fails before it is read tells so at the start, not within it', async () => {
    const { stream, gets } = held();
    gets.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    await turns();
    expect(stream.isGone()).toBe(true);
    const { collector, order } = told(stream);
    expect(order).toEqual([]);
    await collector.until((self) => self.goneReason !== null);
    expect(collector.goneReason).toContain('EPIPE');
    stream.close();
    expect(order).toEqual(['gone', 'closed']);
  });

  test('ends for the reader, and can still be written to', async () => {
    const { stream, sends, gets } = held();
    const { collector, order } = told(stream);
    sends.end('last words');
    await collector.until((self) => self.hasEnded);
    expect(collector.bytes.toString()).toBe('last words');
    stream.write(Buffer.from('answer'), noDescriptors);
    stream.close();
    expect(String(gets.read())).toBe('answer');
    gets.resume();
    await collector.until((self) => self.isClosed);
    expect(order).toEqual(['ended', 'closed']);
  });

  test('whose peer stays after our close is closed all the same, after a while', async () => {
    const { stream, gets } = held();
    const { collector, order } = told(stream);
    gets.resume();
    stream.close();
    stream.close();
    await collector.until((self) => self.isClosed);
    expect(order).not.toContain('ended');
  });

  test('takes no more behind its end, and is not behind for that', async () => {
    const { stream, gets } = held();
    const { order } = told(stream);
    expect(stream.write(new Uint8Array(highWater + 1), noDescriptors)).toBe(false);
    stream.shutdown();
    stream.shutdown();
    expect(stream.write(Buffer.from('too late'), noDescriptors)).toBe(true);
    let length = 0;
    for await (const chunk of gets) length += (chunk as Buffer).length;
    expect(length).toBe(highWater + 1);
    expect(order).not.toContain('drained');
  });

  test('tells once that there is room again', async () => {
    const { stream, gets } = held();
    const { collector, order } = told(stream);
    expect(stream.write(new Uint8Array(highWater), noDescriptors)).toBe(false);
    expect(stream.write(new Uint8Array(10), noDescriptors)).toBe(false);
    gets.resume();
    await collector.until((self) => self.drains > 0);
    expect(stream.write(new Uint8Array(10), noDescriptors)).toBe(true);
    await turns();
    expect(order).toEqual(['drained']);
  });

  test('closes the descriptors that it cannot pass on, and says so', () => {
    const { stream } = held();
    const { collector } = told(stream);
    const before = openDescriptors();
    stream.write(Buffer.from('x'), descriptors(3));
    expect(openDescriptors()).toBe(before);
    expect(collector.notes).toEqual(['descriptors could not be passed on: stdio is not a unix socket']);
  });

  test('tells of an error of the peer once, and of nothing after its close', async () => {
    const sends = new PassThrough();
    const refusing = new Writable({
      write: (_chunk, _encoding, done) => {
        done(Object.assign(new Error('write ECONNRESET'), { code: 'ECONNRESET' }));
      },
    });
    const stream = new NodeStream(sends, refusing, { address: 'x' });
    const { collector, order } = told(stream);
    stream.write(Buffer.from('x'), noDescriptors);
    await collector.until((self) => self.goneReason !== null);
    expect(collector.goneReason).toContain('ECONNRESET');
    stream.destroy();
    sends.write('more');
    await turns();
    expect([order, collector.length]).toEqual([['gone', 'closed'], 0]);
  });
});
