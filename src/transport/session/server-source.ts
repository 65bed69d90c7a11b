/**
 * Where the server of a new session comes from: dialed once for each client, or a server that dials in
 * (QEMU's `server=off`).
 */
import { formatAddress } from '../address.js';
import type { Address } from '../address.js';
import { dial } from '../dial.js';
import type { Listener, ListenerEvents } from '../listener.js';
import type { Stream } from '../stream.js';

export interface ServerSource {
  readonly address: string;
  /**
   * A connection to a server, for this caller only. `waiting` is called if the caller has to wait.
   * @throws ConnectError if no server can be reached; the signal's reason if it fires.
   */
  find(signal: AbortSignal, waiting: (reason?: string) => void): Promise<Stream>;
  /** Accepts no more servers. */
  close(): void;
}

/** Dials `address` for each session; gives up after `timeout` ms, if there is one. */
export function dialedServer(address: Address, timeout: number | undefined): ServerSource {
  return {
    address: formatAddress(address),
    find: (signal, waiting) => dial(address, { signal, timeout, waiting }),
    close: () => undefined,
  };
}

/** Servers that dial in to `listener`, handed out first come, first served. */
export function listeningServers(listener: Listener, trouble: ListenerEvents['trouble']): ServerSource {
  const servers: Stream[] = [];
  const takers: ((server: Stream) => void)[] = [];
  const connection = (server: Stream): void => {
    const taker = takers.shift();
    if (taker === undefined) servers.push(server);
    else taker(server);
  };
  listener.start({ connection, trouble });
  return {
    address: listener.address,
    find(signal, waiting) {
      for (let server = servers.shift(); server !== undefined; server = servers.shift()) {
        // It may have left while it was waiting here.
        if (!server.isGone()) return Promise.resolve(server);
        server.destroy();
      }
      waiting();
      return new Promise((resolve, reject) => {
        const taker = (server: Stream): void => {
          signal.removeEventListener('abort', abort);
          resolve(server);
        };
        const abort = (): void => {
          takers.splice(takers.indexOf(taker), 1);
          reject(signal.reason as Error);
        };
        takers.push(taker);
        signal.addEventListener('abort', abort, { once: true });
      });
    },
    close() {
      listener.close();
      for (const server of servers.splice(0)) server.destroy();
    },
  };
}
