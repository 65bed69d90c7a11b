/**
 * One run of the load (`load.c`) through a relay: starts the server, the relay and the client, each fresh,
 * and gives what was measured. Fails when a byte differs, or when a recording does not hold every message.
 */
import { spawn, spawnSync } from 'node:child_process';
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
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const folder = mkdtempSync(join(tmpdir(), 'qmptap-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

/** So long a relay may take to start, and a recording to be complete. */
const patience = 30_000;
/** A program has come to rest when it used no processor for so long. */
const rest = 80;

let program;
let runs = 0;
let port = 21_000 + (process.pid % 5_000);

/** Compiles the load; undefined where there is no compiler. */
export function compileLoad() {
  const source = fileURLToPath(new URL('load.c', import.meta.url));
  const output = join(folder, 'load');
  const { status, error, stderr } = spawnSync('cc', ['-std=gnu11', '-O2', '-o', output, source]);
  if (error !== undefined) return undefined;
  if (status !== 0) throw new Error(`load.c does not compile: ${stderr}`);
  return (program = output);
}

/** A folder of a run's own. */
export function freshFolder() {
  const path = join(folder, String(++runs));
  mkdirSync(path);
  return path;
}

/**
 * @param {import('./relays.mjs').Relay | undefined} relay undefined: nothing between client and server
 * @param {Readonly<Record<string, number>>} settings as in load.c
 * @param {import('./relays.mjs').Transport} [transport]
 */
export async function throughRelay(relay, settings, transport = 'unix') {
  const place = newPlace(transport);
  const words = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  const server = spawn(program, ['serve', place.server, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  let started;
  try {
    await once(server.stdout, 'data');
    if (relay === undefined) return withSent(await ask(place.server, words));
    started = await start(relay, place);
    const before = usage(started.pid);
    const client = new Client(place.listen, words);
    const result = await client.result;
    const kept = relay.keeps && join(place.folder, relay.keeps);
    const recorded = relay.records ? await committed(kept, result) : {};
    const after = usage(started.pid);
    client.end();
    await stop(started);
    const checked = relay.records ? await check(kept, result) : {};
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
function withSent(result) {
  return { ...result, sent: (result.fromClient + result.fromServer) / result.messages };
}

/** Lets the client ask at an address; gives what it measured. */
export async function ask(address, words) {
  const client = new Client(address, words);
  const result = await client.result;
  client.end();
  return result;
}

/**
 * Plays a conversation that is in a file to a server, so many times; gives microseconds for one.
 * `inC`: to a server of the load's own, that plays the other part.
 */
export async function play(listen, file, times, inC) {
  const server = inC
    ? spawn(program, ['play-server', listen, file], { stdio: ['ignore', 'pipe', 'inherit'] })
    : undefined;
  try {
    if (server !== undefined) await once(server.stdout, 'data');
    const { status, stdout, stderr } = spawnSync(program, ['play-client', listen, file, String(times)]);
    if (status !== 0) throw new Error(`the conversation failed: ${stderr}`);
    return JSON.parse(String(stdout));
  } finally {
    server?.kill();
  }
}

class Client {
  #process;
  result;

  constructor(address, words) {
    this.#process = spawn(program, ['client', address, ...words], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.result = this.#read();
  }

  /** It stays connected until now, so that its relay can be looked at. */
  end() {
    this.#process.stdin.end();
  }

  async #read() {
    let text = '';
    for await (const piece of this.#process.stdout) {
      text += piece;
      if (text.endsWith('\n')) break;
    }
    if (text === '') throw new Error('the client failed');
    const result = JSON.parse(text);
    return { ...result, rate: result.messages / result.seconds };
  }
}

function newPlace(transport) {
  const folder = freshFolder();
  if (transport === 'tcp') return { transport, folder, listen: String(port++), server: String(port++) };
  return { transport, folder, listen: join(folder, 'listen'), server: join(folder, 'server') };
}

/** In a process group of its own, whose number is the process's. */
export async function start(relay, place) {
  const [command, ...args] = relay.command(place);
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
  await settle(child.pid, until);
  return child;
}

/** A relay listens before all its threads have started: their start is not part of what it costs. */
async function settle(group, until) {
  for (let before = -1; Date.now() < until; await sleep(rest)) {
    const { cpu } = usage(group);
    if (cpu === before) return;
    before = cpu;
  }
}

export async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  process.kill(-child.pid, 'SIGTERM');
  await ended;
}

/** Waits until a reader of the growing recording finds everything; gives how long that took. */
async function committed(path, { messages }) {
  const { openRecording } = await import('../../dist/store/index/open.js');
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
async function check(path, result) {
  const { openRecording } = await import('../../dist/store/index/open.js');
  const recording = openRecording(path);
  const sum = (field) => recording.sessions().reduce((total, session) => total + session[field], 0);
  const [messages, bytes] = [sum('messages'), sum('bytes')];
  const wrong = [...recording.messages({ where: { op: 'kind', kind: 'malformed' }, limit: 1 })].length;
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
function usage(group) {
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
      cpu += (fields[11] + fields[12]) / 100;
      memory += Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024;
    } catch {
      // It has just ended.
    }
  }
  return { cpu, memory };
}

function isPortOpen(port) {
  const local = `:${Number(port).toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`;
  return readFileSync('/proc/net/tcp', 'latin1').includes(local);
}
