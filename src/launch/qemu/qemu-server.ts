/**
 * A QEMU that is only just starting, as a server to be found: dials its private socket until it is
 * there, for as long as QEMU lives.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectError } from '../../errors.js';
import { formatAddress, type Address } from '../../transport/address.js';
import { dial } from '../../transport/dial.js';
import type { ServerSource } from '../../transport/session/server-source.js';

/** Between two attempts: QEMU takes some 100 ms to make its socket, and libvirt waits for the answer. */
const firstPauseMs = 5;
const longestPauseMs = 100;

/** Finds the QEMU that makes a socket at `path`; gives up once it is not `alive` any more. */
export function startingQemu(path: string, alive: () => boolean): ServerSource {
  const address: Address = { kind: 'unix', path };
  const name = formatAddress(address);
  return {
    address: name,
    async find(signal, waiting) {
      for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.5, longestPauseMs)) {
        const lived = alive();
        try {
          return await dial(address, { signal, waiting });
        } catch (error) {
          signal.throwIfAborted();
          if (!lived) throw new ConnectError({ reason: 'QEMU has ended' }, { address: name, cause: error });
        }
        await sleep(pause, undefined, { signal });
      }
    },
    close: () => undefined,
  };
}
