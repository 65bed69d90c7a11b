/**
 * Listens on an address, whichever kind it is.
 */
import { ConnectError } from '../errors.js';
import { formatAddress } from './address.js';
import type { Address } from './address.js';
import { takeInherited } from './unix/inherited.js';
import { hasLibc } from './unix/libc.js';
import type { Listener, ListenerEvents } from './listener.js';
import { connectedStream, standardStream } from './node/stdio.js';
import type { Stream } from './stream.js';
import { listenNet } from './node/tcp.js';
import { inheritUnixListener, listenUnix } from './unix/unix-listener.js';

/** Said once where descriptors cannot be passed. */
const noDescriptorsHere =
  'descriptors (SCM_RIGHTS) are not passed on this system; getfd and add-fd will fail';

/** Begins to listen; no client is accepted before `start`. @throws ConnectError */
export async function listen(address: Address): Promise<Listener> {
  const name = formatAddress(address);
  switch (address.kind) {
    case 'unix':
      return hasLibc
        ? listenUnix(address.path, name)
        : listenNet({ path: address.path }, name, [noDescriptorsHere]);
    case 'tcp': {
      const host = address.host ?? '127.0.0.1';
      return listenNet({ host, port: address.port }, name, []);
    }
    case 'fd': {
      const { family, listening } = takeInherited(address.fd, name);
      if (!listening) return once(name, () => connectedStream(address.fd, family, name));
      return family === 'unix'
        ? inheritUnixListener(address.fd, name)
        : listenNet({ fd: address.fd }, name, []);
    }
    case 'stdio':
      return once(name, standardStream);
    default:
      throw new ConnectError(
        { reason: 'it is no address to listen on' },
        { address: name, attempt: 'listen on' },
      );
  }
}

/** A listener that has one connection, at once. */
function once(address: string, connection: () => Stream): Listener {
  let closed = false;
  return {
    address,
    notices: [],
    single: true,
    start(events: ListenerEvents) {
      setImmediate(() => {
        if (!closed) events.connection(connection());
      });
    },
    close() {
      closed = true;
    },
  };
}
