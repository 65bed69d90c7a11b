import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConnectError } from '../../../src/errors.js';
import { parseAddress } from '../../../src/transport/address.js';
import { dial } from '../../../src/transport/dial.js';
import { listen } from '../../../src/transport/listen.js';
import {
  dialedServer,
  listeningServers,
  type ServerSource,
} from '../../../src/transport/session/server-source.js';
import type { Stream } from '../../../src/transport/stream.js';
import { testFolder } from '../../support/folder.js';
import { collect } from '../../support/streams.js';

const never = new AbortController().signal;
const unexpected = (): void => expect.unreachable('nobody waits');

describe('a server that is dialed', () => {
  test('is another connection for each who asks', async () => {
    const listener = await listen(parseAddress(join(testFolder(), 'q.sock')));
    let came = 0;
    listener.start({ connection: () => came++, trouble: (text) => expect.unreachable(text) });
    onTestFinished(() => {
      listener.close();
    });
    const source = dialedServer(parseAddress(listener.address), undefined);
    expect(source.address).toBe(listener.address);
    const streams = [await source.find(never, unexpected), await source.find(never, unexpected)];
    expect(new Set(streams).size).toBe(2);
    for (const stream of streams) stream.destroy();
  });

  test('that is not there is an error', async () => {
    const source = dialedServer(parseAddress(join(testFolder(), 'none.sock')), undefined);
    await expect(source.find(never, unexpected)).rejects.toThrow(ConnectError);
  });
});

interface Servers {
  readonly source: ServerSource;
  /** A server that dials in. */
  readonly server: () => Promise<Stream>;
}

async function servers(): Promise<Servers> {
  const listener = await listen(parseAddress(join(testFolder(), 'q.sock')));
  const source = listeningServers(listener, (text) => expect.unreachable(text));
  onTestFinished(() => {
    source.close();
  });
  return { source, server: () => dial(parseAddress(source.address)) };
}

/** Sends over one end what has to arrive at the other, by which they are known to belong together. */
async function belong(near: Stream, far: Stream, mark: number): Promise<void> {
  const there = collect(far);
  near.write(Uint8Array.of(mark), []);
  await there.until((self) => self.length === 1);
  expect([...there.bytes]).toEqual([mark]);
  for (const stream of [near, far]) stream.destroy();
}

describe('servers that dial in', () => {
  test('are given out in the order of their coming to those who asked in order', async () => {
    const { source, server } = await servers();
    let waiting = 0;
    const asked = [1, 2].map(() => source.find(never, () => waiting++));
    expect(waiting).toBe(2);
    const first = await server();
    const given = await asked[0]!;
    const second = await server();
    await belong(first, given, 1);
    await belong(second, await asked[1]!, 2);
  });

  test('that left while nobody wanted them are passed over', async () => {
    const { source, server } = await servers();
    const gone = await server();
    const there = await server();
    // Both have been accepted once the second one is answered.
    const probe = source.find(never, () => undefined);
    const accepted = await probe;
    accepted.destroy();
    gone.destroy();
    const late = await server();
    const found = await source.find(never, () => undefined);
    await belong(there, found, 3);
    late.destroy();
  });

  test('go to the next one when who asked has given up', async () => {
    const { source, server } = await servers();
    const abort = new AbortController();
    const impatient = source.find(abort.signal, () => undefined);
    const patient = source.find(never, () => undefined);
    abort.abort(new Error('enough'));
    await expect(impatient).rejects.toThrow('enough');
    await belong(await server(), await patient, 4);
  });

  test('are let go at the close, and no more are taken', async () => {
    const { source, server } = await servers();
    const asked = source.find(never, () => undefined);
    await server();
    (await asked).destroy();
    const unwanted = collect(await server());
    source.close();
    await unwanted.until((self) => self.goneReason !== null || self.hasEnded);
    await expect(server()).rejects.toThrow(ConnectError);
    unwanted.stream.destroy();
  });
});
