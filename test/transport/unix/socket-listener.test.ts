import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseAddress } from '../../../src/transport/address.js';
import { dial } from '../../../src/transport/dial.js';
import type { Stream } from '../../../src/transport/stream.js';
import { SocketListener } from '../../../src/transport/unix/socket-listener.js';
import { UnixSocket } from '../../../src/transport/unix/unix-socket.js';
import { testFolder } from '../../support/folder.js';
import { openDescriptors, rawListener, turns } from '../../support/streams.js';
import { until } from '../../support/until.js';

interface Setup {
  readonly listener: SocketListener;
  readonly came: Stream[];
  readonly client: () => Promise<Stream>;
  readonly start: () => void;
  readonly closes: () => number;
}

function listening(backlog = 20): Setup {
  const path = join(testFolder(), 'q.sock');
  let closes = 0;
  const listener = new SocketListener({
    ...{ fd: rawListener(path, backlog), address: `unix:${path}`, notices: ['a notice'] },
    streamOf: (fd) => new UnixSocket(fd, { address: 'x' }),
    beforeClose: () => closes++,
  });
  const came: Stream[] = [];
  onTestFinished(() => {
    listener.close();
    for (const stream of came) stream.destroy();
  });
  return {
    listener,
    came,
    client: () => dial(parseAddress(path)),
    start: () => {
      listener.start({
        connection: (stream) => came.push(stream),
        trouble: (text) => expect.unreachable(text),
      });
    },
    closes: () => closes,
  };
}

describe('a listening socket', () => {
  test('accepts nobody before its start, and all who wait then, more than at a time', async () => {
    const { came, client, start } = listening();
    const clients = await Promise.all(Array.from({ length: 20 }, client));
    await turns();
    expect(came).toHaveLength(0);
    start();
    await until('all to be accepted', () => came.length === 20);
    for (const one of clients) one.destroy();
  });

  test('accepts at once who waits, where it is told to', async () => {
    const { listener, came, client, start } = listening();
    const one = await client();
    listener.acceptWaiting();
    expect(came).toHaveLength(0);
    start();
    listener.acceptWaiting();
    expect(came).toHaveLength(1);
    one.destroy();
  });

  test('leaves who comes in the queue while it is held, unless all are to be accepted', async () => {
    const { listener, came, client, start } = listening();
    listener.hold();
    start();
    listener.hold();
    const clients = [await client()];
    listener.ready();
    await turns();
    expect(came).toHaveLength(0);
    listener.release();
    await until('the first', () => came.length === 1);
    listener.hold();
    clients.push(await client());
    listener.acceptWaiting();
    expect(came).toHaveLength(2);
    for (const one of clients) one.destroy();
  });

  test('is closed once, and accepts no more', async () => {
    const before = openDescriptors();
    const { listener, came, client, start, closes } = listening();
    start();
    listener.close();
    listener.close();
    listener.acceptWaiting();
    listener.ready();
    expect([closes(), came.length, openDescriptors()]).toEqual([1, 0, before]);
    await expect(client()).rejects.toThrow('nobody listens');
  });

  test('that is closed by who is accepted accepts nobody after that one', async () => {
    const { listener, came, client } = listening();
    const clients = await Promise.all([client(), client(), client()]);
    listener.start({
      connection(stream) {
        came.push(stream);
        listener.close();
      },
      trouble: (text) => expect.unreachable(text),
    });
    await until('the first to be accepted', () => came.length === 1);
    await turns();
    expect(came).toHaveLength(1);
    for (const one of clients) one.destroy();
  });

  test('without a descriptor to spare says so once, keeps who waits, and accepts them later', () => {
    const script = `
      import { closeSync, openSync } from 'node:fs';
      import { listen } from './dist/transport/listen.js';
      import { dial } from './dist/transport/dial.js';
      const address = { kind: 'unix', path: process.argv[1] };
      const listener = await listen(address);
      const client = await dial(address);
      const open = [];
      try { for (;;) open.push(openSync('/dev/null')); } catch {}
      let troubles = 0;
      listener.start({
        connection() { process._rawDebug('accepted after ' + troubles); process.exit(); },
        trouble(text) {
          process._rawDebug(text);
          if (++troubles > 1) process.exit(1);
          setTimeout(() => { for (const fd of open) closeSync(fd); }, 500);
        },
      });`;
    const limited = ['-c', 'ulimit -n 64; exec "$@"', 'sh', process.execPath, '--input-type=module'];
    const path = join(testFolder(), 'q.sock');
    const { stderr } = spawnSync('sh', [...limited, '-e', script, path], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect(stderr).toBe(
      `cannot accept on unix:${path}: too many open files (EMFILE); trying again\naccepted after 1\n`,
    );
  });
});
