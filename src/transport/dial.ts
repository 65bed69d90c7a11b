/**
 * Connects to an address, whichever kind it is.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ConnectError } from '../errors.js';
import { formatAddress } from './address.js';
import type { Address } from './address.js';
import { takeInherited } from './unix/inherited.js';
import { hasLibc } from './unix/libc.js';
import { unlessAborted } from './patience.js';
import { connectedStream, standardStream } from './node/stdio.js';
import type { Stream } from './stream.js';
import { isOutOfDescriptors } from './system-error.js';
import { dialNet } from './node/tcp.js';
import { dialUnix } from './unix/unix-dial.js';

export interface DialOptions {
  /** Milliseconds to give up after; without it, as long as the system takes, and without end behind a full queue. */
  readonly timeout?: number | undefined;
  /** Gives up when it fires. */
  readonly signal?: AbortSignal | undefined;
  /** Called once if there is some waiting to do: the server's queue is full, or what `reason` says. */
  readonly waiting?: ((reason?: string) => void) | undefined;
}

/** How long until a descriptor may have become free. */
const retryMs = 100;

/** Connects. @throws ConnectError with one line that says what is wrong; or the signal's reason. */
export async function dial(address: Address, options: DialOptions = {}): Promise<Stream> {
  const name = formatAddress(address);
  const timer = options.timeout === undefined ? undefined : AbortSignal.timeout(options.timeout);
  const signal = AbortSignal.any([options.signal, timer].filter((each) => each !== undefined));
  try {
    const waiting = options.waiting ?? ((): void => undefined);
    return await whenDescriptorsAreFree(() => connect(address, name, signal, waiting), signal, waiting);
  } catch (error) {
    if (timer?.aborted === true && options.signal?.aborted !== true && !(error instanceof ConnectError)) {
      const reason = `no answer for ${options.timeout ?? 0} ms`;
      throw new ConnectError(
        { reason, remedy: 'is the server busy with another client?' },
        { address: name, attempt: 'connect to', cause: error },
      );
    }
    throw error;
  }
}

/** A client that came while we had no descriptor for its server is not sent away for that. */
export async function whenDescriptorsAreFree(
  attempt: () => Promise<Stream>,
  signal: AbortSignal,
  waiting: (reason?: string) => void,
): Promise<Stream> {
  for (let told = false; ; told = true) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ConnectError && isOutOfDescriptors(error.cause))) throw error;
      if (!told) waiting('too many files are open here (see ulimit -n)');
      await unlessAborted(delay(retryMs), signal);
    }
  }
}

async function connect(
  address: Address,
  name: string,
  signal: AbortSignal,
  waiting: () => void,
): Promise<Stream> {
  switch (address.kind) {
    case 'unix':
      return hasLibc
        ? dialUnix(address.path, name, signal, waiting)
        : dialNet({ path: address.path }, name, signal);
    case 'tcp':
      return dialNet({ host: address.host ?? '127.0.0.1', port: address.port }, name, signal);
    case 'fd': {
      const { family, listening } = takeInherited(address.fd, name);
      if (listening) {
        const reason = 'it is a listening socket';
        throw new ConnectError({ reason }, { address: name, attempt: 'connect to' });
      }
      return connectedStream(address.fd, family, name);
    }
    case 'stdio':
      return standardStream();
  }
}
