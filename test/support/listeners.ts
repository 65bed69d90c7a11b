/** Listeners of a test: they end with it. */
import { expect, onTestFinished } from 'vitest';
import { ConnectError } from '../../src/errors.js';
import { parseAddress } from '../../src/transport/address.js';
import { listen } from '../../src/transport/listen.js';
import type { Listener } from '../../src/transport/listener.js';
import type { Stream } from '../../src/transport/stream.js';

export async function listening(text: string): Promise<Listener> {
  const listener = await listen(parseAddress(text));
  onTestFinished(() => {
    listener.close();
  });
  return listener;
}

/** The next connection of a listener. */
export function connection(listener: Listener): Promise<Stream> {
  return new Promise((resolve, reject) => {
    listener.start({ connection: resolve, trouble: reject });
  });
}

/** Why nothing listens there: one line. */
export async function failure(text: string): Promise<string> {
  try {
    (await listen(parseAddress(text))).close();
  } catch (error) {
    expect(error).toBeInstanceOf(ConnectError);
    const { message } = error as ConnectError;
    expect(message).not.toContain('\n');
    return message;
  }
  throw new Error('it listens');
}
