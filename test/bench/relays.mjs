/**
 * The programs that can stand between a client and a server, and how each is started.
 *
 * @typedef {'unix' | 'tcp'} Transport
 * @typedef {object} Place where a relay has to work
 * @property {Transport} transport
 * @property {string} listen the client's end: a path, or a port of the loopback
 * @property {string} server
 * @property {string} folder for what it writes
 * @typedef {object} Relay
 * @property {(place: Place) => string[]} command
 * @property {readonly Transport[]} [only] it knows no others
 * @property {string} [keeps] the file in the folder in which it keeps what passes
 * @property {boolean} [records] that file is a recording of ours, which can be checked
 * @property {string} [errors] the file in the folder to which its standard error goes
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
export const qmptap = here('../../dist/cli/main.js');

const socat = ({ transport, listen, server }, ...options) =>
  transport === 'tcp'
    ? [
        ...['socat', ...options, `TCP-LISTEN:${listen},bind=127.0.0.1,reuseaddr,fork,nodelay`],
        `TCP:127.0.0.1:${server},nodelay`,
      ]
    : ['socat', ...options, `UNIX-LISTEN:${listen},fork`, `UNIX-CONNECT:${server}`];

const address = (transport, at) => (transport === 'tcp' ? `tcp:127.0.0.1:${at}` : at);

/** Before version 9, mitmproxy has no mode for TCP alone: it takes HTTP's for it when told that nothing is HTTP. */
const mitmproxy = ({ listen, server, folder }) => [
  ...['mitmdump', '--quiet', '--set', `confdir=${folder}`, '--set', 'connection_strategy=eager'],
  ...(mitmproxyVersion() < 9
    ? ['--mode', `reverse:http://127.0.0.1:${server}`, '--rawtcp', '--tcp-hosts', '.*']
    : ['--mode', `reverse:tcp://127.0.0.1:${server}`]),
  ...['--listen-host', '127.0.0.1', '--listen-port', listen, '-w', `${folder}/flows`],
];

let version;
function mitmproxyVersion() {
  const { stdout } = spawnSync('mitmdump', ['--version'], { encoding: 'utf8' });
  return (version ??= Number(/Mitmproxy: (\d+)/.exec(stdout)?.[1] ?? NaN));
}

/** @type {Readonly<Record<string, Relay | undefined>>} */
const known = {
  direct: undefined,
  socat: { command: (place) => socat(place) },
  'socat -v': { command: (place) => socat(place, '-v'), keeps: 'traffic.txt', errors: 'traffic.txt' },
  'Node pipe': {
    command: ({ listen, server }) => [process.execPath, here('node-pipe.mjs'), listen, server],
    only: ['unix'],
  },
  /** qmptap's own relay with nobody behind it: what is above it in `qmptap record` is the recording. */
  'qmptap relay': {
    command: ({ listen, server }) => [process.execPath, here('relay-only.mjs'), listen, server],
    only: ['unix'],
  },
  'mitmdump -w': { command: mitmproxy, only: ['tcp'], keeps: 'flows' },
  'qmptap record': {
    command: ({ transport, listen, server, folder }) => [
      ...[process.execPath, qmptap, 'record', '--quiet', '--listen', address(transport, listen)],
      ...['--connect', address(transport, server), '--output', `${folder}/traffic.qmptap`],
    ],
    keeps: 'traffic.qmptap',
    records: true,
  },
};

/** @returns {boolean} whether a program can be found */
export function isInstalled(program) {
  return spawnSync('/bin/sh', ['-c', `command -v "$0"`, program]).status === 0;
}

/**
 * Those of the named relays whose programs are here, and that know the transport.
 * @param {readonly string[]} names
 * @param {Transport} [transport]
 */
export function relays(names, transport = 'unix') {
  const place = { transport, listen: '', server: '', folder: '' };
  return names
    .map((name) => /** @type {const} */ ([name, known[name]]))
    .filter(([, relay]) => relay?.only?.includes(transport) ?? true)
    .filter(([, relay]) => relay === undefined || isInstalled(relay.command(place)[0]));
}
