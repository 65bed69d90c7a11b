/**
 * One run of the load (`load.c`) through a relay: starts the server, the relay and the client, each fresh,
 * and gives what was measured. Fails when a byte differs, or when a recording does not hold every message.
 */
import { type ChildProcess, type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openRecording } from '../../dist/store/index/open.js';
import type { Measurement } from './race.js';
import type { Place, Relay, Transport } from './relays.js';

const folder = mkdtempSync(join(tmpdir(), 'qmptap-bench-'));
process.once('exit', () => {
  rmSync(folder, { recursive: true, force: true });
});

/** So long a relay may take to start, and a recording to be complete. */
const patience = 30_000;
/** A program has come to rest when it used no processor for so long. */
const rest = 80;

let program = '';
let runs = 0;
let port = 21_000 + (process.pid % 5_000);

/** Compiles the load; false where there is no compiler. */
export function compileLoad(): boolean {
  const source = fileURLToPath(new URL('load.c', import.meta.url));
  const output = join(folder, 'load');
  const { status, error, stderr } = spawnSync('cc', ['-std=gnu11', '-O2', '-o', output, source]);
  if (error !== undefined) return false;
  if (status !== 0) throw new Error(`load.c does not compile: ${String(stderr)}`);
  program = output;
  return true;
}

/** The compiled load, for other ways to run it. */
export function loadProgram(): string {
  return program;
}

/** A folder of a run's own. */
export function freshFolder(): string {
  const path = join(folder, String(++runs));
  mkdirSync(path);
  return path;
}

/** What the client counted and measured, among other things. */
interface LoadResult extends Measurement {
  readonly messages: number;
  readonly seconds: number;
  readonly fromClient: number;
  readonly fromServer: number;
}

/** What is run, and where it listens. */
export interface Startable {
  readonly command: Relay['command'];
  readonly errors?: string;
}

/**
 * Measures a relay; undefined: nothing between client and server. The settings are those of load.c.
 */
export async function throughRelay(
  relay: Relay | undefined,
  settings: Readonly<Record<string, number>>,
  transport: Transport = 'unix',
): Promise<Measurement> {
  const place = newPlace(transport);
  const words = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  const server = spawn(program, ['serve', place.server, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  let started: ChildProcess | undefined;
  try {
    await once(server.stdout, 'data');
    if (relay === undefined) return withSent(await ask(place.server, words));
    started = await start(relay, place);
    const group = started.pid ?? -1;
    const before = usage(group);
    const client = new Client(place.listen, words);
    const result = await client.result;
    const kept = relay.keeps === undefined ? undefined : join(place.folder, relay.keeps);
    const recording = relay.records === true ? kept : undefined;
    const recorded = recording === undefined ? {} : await committed(recording, result);
    const after = usage(group);
    client.end();
    await stop(started);
    const checked = recording === undefined ? {} : check(recording, result);
    const stored = kept === undefined ? {} : { stored: statSync(kept).size / result.messages };
    const cpu = ((after.cpu - before.cpu) * 1e6) / result.messages;
    return { ...withSent(result), ...recorded, ...checked, ...stored, cpu, memory: after.memory };
  } finally {
    server.kill();
    if (started !== undefined) await stop(started);
    rmSync(place.folder, { recursive: true, force: true });
  }
}

/** With how large a message was. */
function withSent(result: LoadResult): LoadResult {
  return { ...result, sent: (result.fromClient + result.fromServer) / result.messages };
}

/** Lets the client ask at an address; gives what it measured. */
export async function ask(address: string, words: readonly string[]): Promise<LoadResult> {
  const client = new Client(address, words);
  const result = await client.result;
  client.end();
  return result;
}

/**
 * Plays a conversation that is in a file to a server, so many times; gives microseconds for one.
 * `inC`: to a server of the load's own, that plays the other part.
 */
export async function play(
  listen: string,
  { file, times, inC }: { file: string; times: number; inC: boolean },
): Promise<Measurement> {
  const server = inC
    ? spawn(program, ['play-server', listen, file], { stdio: ['ignore', 'pipe', 'inherit'] })
    : undefined;
  try {
    if (server !== undefined) await once(server.stdout, 'data');
    const { status, stdout, stderr } = spawnSync(program, ['play-client', listen, file, String(times)]);
    if (status !== 0) throw new Error(`the conversation failed: ${String(stderr)}`);
    return JSON.parse(String(stdout)) as Measurement;
  } finally {
    server?.kill();
  }
}

class Client {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly result: Promise<LoadResult>;

  constructor(address: string, words: readonly string[]) {
    this.#process = spawn(program, ['client', address, ...words], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.result = this.#read();
  }

  /** It stays connected until now, so that its relay can be looked at. */
  end(): void {
    this.#process.stdin.end();
  }

  async #read(): Promise<LoadResult> {
    let text = '';
    for await (const piece of this.#process.stdout) {
      text += String(piece);
      if (text.endsWith('\n')) break;
    }
    if (text === '') throw new Error('the client failed');
    const result = JSON.parse(text) as LoadResult;
    return { ...result, rate: result.messages / result.seconds };
  }
}

function newPlace(transport: Transport): Place {
  const folder = freshFolder();
  if (transport === 'tcp') return { transport, folder, listen: String(port++), server: String(port++) };
  return { transport, folder, listen: join(folder, 'listen'), server: join(folder, 'server') };
}

/** In a process group of its own, whose number is the process's. */
export async function start(relay: Startable, place: Omit<Place, 'server'>): Promise<ChildProcess> {
  const [command = '', ...args] = relay.command({ server: '', ...place });
  const errors = openSync(join(place.folder, relay.errors ?? 'errors.txt'), 'w');
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', errors], detached: true });
  closeSync(errors);
  const until = Date.now() + patience;
  while (!(place.transport === 'tcp' ? isPortOpen(place.listen) : existsSync(place.listen))) {
    if (child.exitCode !== null || Date.now() > until) {
      const said = readFileSync(join(place.folder, relay.errors ?? 'errors.txt'), 'utf8');
      throw new Error(`${command} does not start: ${said}`);
    }
    await sleep(5);
  }
  await settle(child.pid ?? -1, until);
  return child;
}

/** A relay listens before all its threads have started: their start is not part of what it costs. */
async function settle(group: number, until: number): Promise<void> {
  for (let before = -1; Date.now() < until;) {
    const { cpu } = usage(group);
    if (cpu === before) return;
    before = cpu;
    await sleep(rest);
  }
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  process.kill(-(child.pid ?? NaN), 'SIGTERM');
  await ended;
}

/** Waits until a reader of the growing recording finds everything; gives how long that took. */
async function committed(path: string, { messages }: LoadResult): Promise<Measurement> {
  const since = performance.now();
  const recording = openRecording(path);
  try {
    for (;;) {
      const waited = performance.now() - since;
      if (recording.count() >= messages) return { committed: waited };
      if (waited > patience) throw new Error(`${messages - recording.count()} messages are not recorded`);
      await sleep(10);
    }
  } finally {
    recording.close();
  }
}

/** A finished recording: as many messages and bytes as the client counted, all of them understood. */
function check(path: string, result: LoadResult): Measurement {
  const recording = openRecording(path);
  const sum = (field: 'messages' | 'bytes'): number =>
    recording.sessions().reduce((total, session) => total + session[field], 0);
  const [messages, bytes] = [sum('messages'), sum('bytes')];
  const wrong = [...recording.messages({ where: { op: 'glob', field: 'kind', glob: 'malformed' }, limit: 1 })]
    .length;
  const { incomplete } = recording.info;
  recording.close();
  const sent = result.fromClient + result.fromServer;
  if (messages !== result.messages || bytes !== sent || wrong > 0 || incomplete !== undefined) {
    const found = `${messages} messages of ${bytes} bytes, ${wrong} malformed, ${incomplete ?? 'complete'}`;
    throw new Error(`recorded were ${found}; sent were ${result.messages} of ${sent} bytes`);
  }
  // As a part of what it may be: 1.3 times the bytes, and 60 for each message.
  return { disk: statSync(path).size / (1.3 * bytes + 60 * messages) };
}

/** Processor seconds and peak memory (MB) of a process group. */
function usage(group: number): { cpu: number; memory: number } {
  let cpu = 0;
  let memory = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      if (fields[2] !== group) continue;
      cpu += ((fields[11] ?? 0) + (fields[12] ?? 0)) / 100;
      memory += Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024;
    } catch {
      // It has just ended.
    }
  }
  return { cpu, memory };
}

function isPortOpen(port: string): boolean {
  const local = `:${Number(port).toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`;
  return readFileSync('/proc/net/tcp', 'latin1').includes(local);
}
