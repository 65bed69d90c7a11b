import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConnectError } from '../../../src/errors.js';
import { parseAddress } from '../../../src/transport/address.js';
import { dial } from '../../../src/transport/dial.js';
import type { DialOptions } from '../../../src/transport/dial.js';
import { SOCK_CLOEXEC, libc } from '../../../src/transport/unix/libc.js';
import type { Stream } from '../../../src/transport/stream.js';
import { testFolder } from '../../support/folder.js';
import { openDescriptors, rawListener } from '../../support/streams.js';

/** Listens with a queue that holds `backlog + 1`, and accepts when told to, as QEMU does. */
class SlowListener {
  readonly fd: number;

  constructor(path: string, backlog: number) {
    this.fd = rawListener(path, backlog);
    onTestFinished(() => {
      this.close();
    });
  }

  accept(): number {
    return libc().accept4(this.fd, null, null, SOCK_CLOEXEC);
  }

  close(): void {
    libc().close(this.fd);
  }
}

async function failure(text: string, options: DialOptions = {}): Promise<string> {
  try {
    (await dial(parseAddress(text), options)).destroy();
  } catch (error) {
    expect(error).toBeInstanceOf(ConnectError);
    const { message } = error as ConnectError;
    expect(message).not.toContain('\n');
    return message;
  }
  throw new Error('it is connected');
}

describe('a unix socket that', () => {
  test('is not there', async () => {
    const path = join(testFolder(), 'q.sock');
    expect(await failure(path)).toBe(
      `cannot connect to unix:${path}: there is no such socket; is the server running?`,
    );
  });

  test('nobody listens on any more', async () => {
    const path = join(testFolder(), 'q.sock');
    const listener = new SlowListener(path, 1);
    listener.close();
    expect(await failure(path)).toMatch(/nobody listens on this socket; the server has gone$/);
  });

  test('is a file', async () => {
    const path = join(testFolder(), 'file');
    writeFileSync(path, '');
    expect(await failure(path)).toMatch(/the file is no socket$/);
  });

  test('fails, leaves no descriptor open', async () => {
    const path = join(testFolder(), 'q.sock');
    const before = openDescriptors();
    await failure(path);
    expect(openDescriptors()).toBe(before);
  });
});

describe('a listener whose queue is full', () => {
  test('is waited for, and served in the order of arrival', async () => {
    const path = join(testFolder(), 'q.sock');
    const listener = new SlowListener(path, 0);
    const order: number[] = [];
    const waited: number[] = [];
    const dials: Promise<Stream>[] = [];
    for (const each of [0, 1, 2, 3]) {
      const stream = dial(parseAddress(path), { waiting: () => waited.push(each) });
      void stream.then(() => order.push(each));
      dials.push(stream);
    }
    await dials[0];
    expect(waited).toEqual([1, 2, 3]);
    const accepted: number[] = [];
    for (const each of [1, 2, 3]) {
      accepted.push(listener.accept());
      await dials[each];
      expect(order).toEqual([0, 1, 2, 3].slice(0, each + 1));
    }
    for (const fd of accepted) libc().close(fd);
    for (const stream of await Promise.all(dials)) stream.destroy();
  });

  test('is waited for until the timeout, or the signal; who comes later is still served', async () => {
    const path = join(testFolder(), 'q.sock');
    const listener = new SlowListener(path, 0);
    const first = await dial(parseAddress(path));
    const before = openDescriptors();
    const abort = new AbortController();
    const aborted = dial(parseAddress(path), { signal: abort.signal });
    const tooLate = failure(path, { timeout: 50 });
    const patient = dial(parseAddress(path));
    abort.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    expect(await tooLate).toMatch(/: no answer for 50 ms; is the server busy with another client\?$/);
    expect(openDescriptors()).toBe(before);
    const accepted = listener.accept();
    (await patient).destroy();
    libc().close(accepted);
    first.destroy();
  });

  test('is given up by who waits behind another, and nobody overtakes for that', async () => {
    const path = join(testFolder(), 'q.sock');
    const listener = new SlowListener(path, 0);
    const first = await dial(parseAddress(path));
    const order: string[] = [];
    const inLine = async (name: string): Promise<Stream> => {
      const stream = await dial(parseAddress(path));
      order.push(name);
      return stream;
    };
    const waiting = [inLine('before')];
    const impatient = failure(path, { timeout: 50 });
    waiting.push(inLine('behind'));
    expect(await impatient).toMatch(/: no answer for 50 ms;/);
    const alsoImpatient = failure(path, { timeout: 50 });
    expect(await alsoImpatient).toMatch(/: no answer for 50 ms;/);
    waiting.push(inLine('after'));
    expect(order).toEqual([]);
    for (const stream of waiting) {
      libc().close(listener.accept());
      (await stream).destroy();
    }
    expect(order).toEqual(['before', 'behind', 'after']);
    first.destroy();
  });

  test('that goes away is an error for all who wait', async () => {
    const path = join(testFolder(), 'q.sock');
    const listener = new SlowListener(path, 0);
    const first = await dial(parseAddress(path));
    const both = Promise.all([failure(path), failure(path)]);
    listener.close();
    for (const message of await both) expect(message).toMatch(/the server has gone/);
    first.destroy();
  });
});
