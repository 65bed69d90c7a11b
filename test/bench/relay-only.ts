/**
 * qmptap's relay alone, recording nothing: what of a recorder's cost is forwarding.
 *
 *     relay-only LISTEN CONNECT      (paths of unix sockets)
 */
import { parseAddress } from '../../dist/transport/address.js';
import { drive } from '../../dist/transport/session/drive.js';
import { listen } from '../../dist/transport/listen.js';

const [, , path = '', server = ''] = process.argv;
const nothing = (): void => undefined;
const sink = { open: (): number => 1, chunk: nothing, inject: nothing, note: nothing, close: nothing };
drive({ clients: await listen(parseAddress(path)), server: { dial: parseAddress(server) }, sink });
