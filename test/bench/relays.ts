/**
 * The programs that can stand between a client and a server, and how each is started.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { compiled } from '../support/typescript.js';

export type Transport = 'unix' | 'tcp';

/** Where a relay has to work. */
export interface Place {
  readonly transport: Transport;
  /** The client's end: a path, or a port of the loopback. */
  readonly listen: string;
  readonly server: string;
  /** For what it writes. */
  readonly folder: string;
}

export interface Relay {
  readonly command: (place: Place) => readonly string[];
  /** It knows no other transports. */
  readonly only?: readonly Transport[];
  /** The file in the folder in which it keeps what passes. */
  readonly keeps?: string;
  /** That file is a recording of ours, which can be checked. */
  readonly records?: boolean;
  /** The file in the folder to which its standard error goes. */
  readonly errors?: string;
}

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
export const qmptap = here('../../dist/cli/main.js');

const socat = ({ transport, listen, server }: Place, ...options: string[]): string[] =>
  transport === 'tcp'
    ? [
        ...['socat', ...options, `TCP-LISTEN:${listen},bind=127.0.0.1,reuseaddr,fork,nodelay`],
        `TCP:127.0.0.1:${server},nodelay`,
      ]
    : ['socat', ...options, `UNIX-LISTEN:${listen},fork`, `UNIX-CONNECT:${server}`];

const address = (transport: Transport, at: string): string =>
  transport === 'tcp' ? `tcp:127.0.0.1:${at}` : at;

/** Before version 9, mitmproxy has no mode for TCP alone: it takes HTTP's for it when told that nothing is HTTP. */
const mitmproxy = ({ listen, server, folder }: Place): string[] => [
  ...['mitmdump', '--quiet', '--set', `confdir=${folder}`, '--set', 'connection_strategy=eager'],
  ...(mitmproxyVersion() < 9
    ? ['--mode', `reverse:http://127.0.0.1:${server}`, '--rawtcp', '--tcp-hosts', '.*']
    : ['--mode', `reverse:tcp://127.0.0.1:${server}`]),
  ...['--listen-host', '127.0.0.1', '--listen-port', listen, '-w', `${folder}/flows`],
];

let version: number | undefined;
function mitmproxyVersion(): number {
  const { stdout } = spawnSync('mitmdump', ['--version'], { encoding: 'utf8' });
  return (version ??= Number(/Mitmproxy: (\d+)/.exec(stdout)?.[1] ?? NaN));
}

const known: Readonly<Record<string, Relay | undefined>> = {
  direct: undefined,
  socat: { command: (place) => socat(place) },
  'socat -v': { command: (place) => socat(place, '-v'), keeps: 'traffic.txt', errors: 'traffic.txt' },
  'Node pipe': {
    command: ({ listen, server }) => [process.execPath, compiled(here('node-pipe.ts')), listen, server],
    only: ['unix'],
  },
  /** qmptap's own relay with nobody behind it: what is above it in `qmptap record` is the recording. */
  'qmptap relay': {
    command: ({ listen, server }) => [process.execPath, compiled(here('relay-only.ts')), listen, server],
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

/** Whether a program can be found. */
export function isInstalled(program: string): boolean {
  return spawnSync('/bin/sh', ['-c', `command -v "$0"`, program]).status === 0;
}

/** Those of the named relays whose programs are here, and that know the transport. */
export function relays(
  names: readonly string[],
  transport: Transport = 'unix',
): (readonly [name: string, relay: Relay | undefined])[] {
  const place = { transport, listen: '', server: '', folder: '' };
  return names
    .map((name) => [name, known[name]] as const)
    .filter(([, relay]) => relay?.only?.includes(transport) ?? true)
    .filter(([, relay]) => relay === undefined || isInstalled(relay.command(place)[0] ?? ''));
}
