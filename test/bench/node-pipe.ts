/**
 * The least that a relay in Node can be, for comparison: two sockets piped into each other.
 *
 *     node-pipe LISTEN CONNECT      (paths of unix sockets)
 */
import { connect, createServer } from 'node:net';

const [, , listen = '', server = ''] = process.argv;
createServer({ allowHalfOpen: true }, (client) => {
  const upstream = connect({ path: server, allowHalfOpen: true });
  client.pipe(upstream).pipe(client);
  client.on('error', () => upstream.destroy());
  upstream.on('error', () => client.destroy());
}).listen(listen);
