/**
 * The programs that can stand between a client and a server, and how each is started.
 *
 * @typedef {object} Place where a relay has to work
 * @property {string} listen the client's end: a path, or a port with `tcp`
 * @property {string} server
 * @property {string} folder for what it writes
 * @typedef {object} Relay
 * @property {(place: Place) => string[]} command
 * @property {boolean} [tcp] it knows no unix sockets
 * @property {string} [recording] the file in the folder that it records to, if it can be checked
 * @property {string} [log] the file in the folder to which its standard error goes
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
export const qmptap = here('../../dist/cli/main.js');

/** @type {Readonly<Record<string, Relay | undefined>>} */
const known = {
  direct: undefined,
  socat: {
    command: ({ listen, server }) => ['socat', `UNIX-LISTEN:${listen},fork`, `UNIX-CONNECT:${server}`],
  },
  'socat -v': {
    command: ({ listen, server }) => ['socat', '-v', `UNIX-LISTEN:${listen},fork`, `UNIX-CONNECT:${server}`],
    log: 'traffic.txt',
  },
  'Node pipe': {
    command: ({ listen, server }) => [process.execPath, here('node-pipe.mjs'), listen, server],
  },
  'mitmdump -w (TCP)': {
    tcp: true,
    command: ({ listen, server, folder }) => [
      ...['mitmdump', '--quiet', '--set', `confdir=${folder}`, '--mode', `reverse:tcp://127.0.0.1:${server}`],
      ...['--listen-host', '127.0.0.1', '--listen-port', listen, '-w', `${folder}/flows`],
    ],
  },
  'qmptap record': {
    command: ({ listen, server, folder }) => [
      ...[process.execPath, qmptap, 'record', '--quiet'],
      ...['--listen', listen, '--connect', server, '--output', `${folder}/traffic.qmptap`],
    ],
    recording: 'traffic.qmptap',
  },
};

/** @returns {boolean} whether a program can be found */
export function isInstalled(program) {
  return spawnSync('/bin/sh', ['-c', `command -v "$0"`, program]).status === 0;
}

/** Those of the named relays whose programs are here. */
export function relays(names) {
  const place = { listen: '', server: '', folder: '' };
  return names
    .map((name) => /** @type {const} */ ([name, known[name]]))
    .filter(([, relay]) => relay === undefined || isInstalled(relay.command(place)[0]));
}
