import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { ConnectError } from '../../src/errors.js';
import { parseAddress } from '../../src/transport/address.js';
import { dial } from '../../src/transport/dial.js';
import type { DialOptions } from '../../src/transport/dial.js';

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

describe('TCP', () => {
  test('says who refused, and which name is unknown', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, 'close');
    expect(await failure(`127.0.0.1:${port}`)).toBe(
      `cannot connect to tcp:127.0.0.1:${port}: connection refused; is the server running?`,
    );
    expect(await failure('no-such-host.invalid:4444')).toMatch(
      /^cannot connect to tcp:no-such-host\.invalid:4444: (no such host; check the name$|.*EAI_AGAIN)/,
    );
  });

  test('gives up at the signal', async () => {
    await expect(
      dial(parseAddress('127.0.0.1:1'), { signal: AbortSignal.abort(new Error('enough')) }),
    ).rejects.toThrow('enough');
  });
});
