/**
 * A host that dies at a chosen moment, as by `kill -9`. Arguments: the moment, the folder of recordings, a pattern of
 * sockets. A moment is `before` or `after`, and what is given to the store then: L, C or S, of a listener, a client, a
 * server; or `ready`.
 */
import { startHost } from '../../src/launch/host/host-service.js';
import { watchedPlace } from '../../src/launch/host/places.js';
import { SocketStore } from '../../src/launch/host/store/socket-store.js';

const [moment = '', recordings = '', glob = ''] = process.argv.slice(2);

const stored = Reflect.get(SocketStore.prototype, 'put');

function at(now: string): void {
  if (now === moment) process.kill(process.pid, 'SIGKILL');
}

SocketStore.prototype.put = function (name, fd) {
  const kind = name.slice(0, 1);
  at(`before ${kind}`);
  stored.call(this, name, fd);
  at(`after ${kind}`);
};

await startHost({
  ...{ recordings, places: [watchedPlace(glob)], wants: () => true, limits: {} },
  onEvent: () => undefined,
  holder: () => ['false'],
});
at('ready');
