/**
 * Clients that listen for their server, as QEMU's do with `server=off`: each is connected to, one at a time, again when
 * its session is over. Where the server is found first, no client is connected to without one: to a client, a connection
 * is a server that runs.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ConnectError, UsageError } from '../../errors.js';
import { formatAddress, type Address } from '../address.js';
import { dial } from '../dial.js';
import type { Listener, ListenerEvents } from '../listener.js';
import { unlessAborted } from '../patience.js';
import type { Stream } from '../stream.js';
import type { ServerSource } from './server-source.js';

export interface DialedClientsOptions {
  /** Found before each client is connected to; it then gives the session its server. */
  readonly server?: ServerFirst | undefined;
  /** Milliseconds between two attempts, and after a session; otherwise soon, and at least once a second. */
  readonly pauseMs?: number | undefined;
}

const firstPauseMs = 20;
const longestPauseMs = 1000;

/**
 * A listener whose clients are those that listen on `address`. Tells in one line when it has to wait.
 * @throws UsageError for an address on which nobody listens
 */
export function dialedClients(address: Address, options: DialedClientsOptions = {}): Listener {
  if (address.kind === 'stdio' || address.kind === 'fd') {
    throw new UsageError({
      subject: `client at ${formatAddress(address)}`,
      reason: 'that is no place where a client listens',
      remedy: 'give a path or HOST:PORT',
    });
  }
  return new DialedClients(address, options);
}

class DialedClients implements Listener {
  readonly address: string;
  readonly notices: readonly string[] = [];
  readonly single = false;
  readonly #to: Address;
  readonly #options: DialedClientsOptions;
  readonly #closing = new AbortController();
  #sessionOver: () => void = () => undefined;

  constructor(to: Address, options: DialedClientsOptions) {
    this.#to = to;
    this.address = formatAddress(to);
    this.#options = options;
  }

  start(events: ListenerEvents): void {
    // Rejects only by the close.
    void this.#serve(events).catch((error: unknown) => {
      if (!this.#closing.signal.aborted) events.trouble(String(error));
    });
  }

  next(): void {
    this.#sessionOver();
  }

  close(): void {
    this.#closing.abort();
  }

  async #serve(events: ListenerEvents): Promise<void> {
    const { signal } = this.#closing;
    for (;;) {
      const client = await this.#connected(events);
      const over = new Promise<void>((resolve) => (this.#sessionOver = resolve));
      events.connection(client);
      await unlessAborted(over, signal);
      await delay(this.#options.pauseMs ?? firstPauseMs, undefined, { signal });
    }
  }

  /** The next client; retries for as long as it takes. */
  async #connected(events: ListenerEvents): Promise<Stream> {
    const { signal } = this.#closing;
    const { server, pauseMs } = this.#options;
    let told = '';
    const tell = (text: string): void => {
      if (text !== told) events.trouble(text);
      told = text;
    };
    for (let pause = pauseMs ?? firstPauseMs; ; pause = pauseMs ?? Math.min(pause * 1.5, longestPauseMs)) {
      let side = server?.address ?? '';
      try {
        await server?.prepare(signal, () => {
          tell(`waiting for the server at ${side}`);
        });
        side = this.address;
        const client = await dial(this.#to, { signal });
        if (!signal.aborted) return client;
        client.destroy();
      } catch (error) {
        if (!signal.aborted && !(error instanceof ConnectError)) throw error;
        if (error instanceof ConnectError) tell(waitsBecause(error, side, this.address));
      }
      await delay(pause, undefined, { signal });
    }
  }
}

function waitsBecause({ code, reason }: ConnectError, side: string, client: string): string {
  const who = side === client ? 'client' : 'server';
  return code === 'NO_SERVER'
    ? `waiting for the ${who}: nobody listens at ${side} yet`
    : `cannot connect to the ${who} at ${side}: ${reason}; trying again`;
}

/** A server that is found before its client is connected to. */
export class ServerFirst implements ServerSource {
  readonly #source: ServerSource;
  #ready: Stream | undefined;

  constructor(source: ServerSource) {
    this.#source = source;
  }

  get address(): string {
    return this.#source.address;
  }

  /**
   * Resolves when there is a server for the next `find`.
   * @throws ConnectError if none can be reached; the signal's reason if it fires.
   */
  async prepare(signal: AbortSignal, waiting: () => void): Promise<void> {
    if (this.#ready?.isGone() === true) this.#drop();
    this.#ready ??= await this.#source.find(signal, waiting);
  }

  find(signal: AbortSignal, waiting: (reason?: string) => void): Promise<Stream> {
    const ready = this.#ready;
    this.#ready = undefined;
    return ready === undefined ? this.#source.find(signal, waiting) : Promise.resolve(ready);
  }

  close(): void {
    this.#drop();
    this.#source.close();
  }

  #drop(): void {
    this.#ready?.destroy();
    this.#ready = undefined;
  }
}
