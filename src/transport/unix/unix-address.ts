/**
 * A unix socket's path as the kernel wants it: `struct sockaddr_un`.
 */
import { AF_UNIX } from './libc.js';

/** The structure's bytes, as long as they are meant. `path` is known to fit (see `parseAddress`). */
export function unixSocketAddress(path: string): Uint8Array {
  const name = new TextEncoder().encode(path);
  const address = new Uint8Array(2 + name.length + 1);
  address[0] = AF_UNIX;
  address.set(name, 2);
  return address;
}
