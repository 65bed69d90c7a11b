/**
 * One process that records many VMs, next to a recorder of one: servers and clients of all VMs are two processes of
 * the load's, which ask through the same sockets at the same rate.
 */
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRecording } from '../../dist/store/index/open.js';
import { freshFolder, loadProgram } from './load.js';
import type { Measurement, Metric, Race } from './race.js';
import { qmptap } from './relays.js';

/** Messages that each VM's monitor has in a second. */
const rate = 5;
const milliseconds = 8_000;
/** So long a start may take, and the end. */
const patience = 300_000;
/** All files are begun when none was written for so long. */
const quiet = 2_000;

/** Both processes of the load, and what is recorded of them. */
interface Place {
  readonly servers: string;
  readonly clients: string;
  readonly recordings: string;
}

interface Recorder {
  readonly arguments: (place: Place) => readonly string[];
  /** The clients come to the servers' own paths. */
  readonly takesPaths: boolean;
}

const host: Recorder = {
  takesPaths: true,
  arguments: ({ servers, recordings }) => [
    ...['host', '--recordings', recordings, '--no-agent', '--include', 'vm-*'],
    ...['--watch', join(servers, '*/qmp.sock')],
  ],
};

const recorder: Recorder = {
  takesPaths: false,
  arguments: ({ servers, clients, recordings }) => [
    ...['record', '--listen', join(clients, 'vm-1/qmp.sock'), '--connect', join(servers, 'vm-1/qmp.sock')],
    ...['-o', join(recordings, 'one.qmptap')],
  ],
};

/** `gap`: microseconds between two commands of all VMs. */
async function measure(
  { takesPaths, arguments: args }: Recorder,
  vms: number,
  gap: number,
): Promise<Measurement> {
  const folder = freshFolder();
  const servers = join(folder, 's');
  const clients = takesPaths ? servers : join(folder, 'c');
  const recordings = join(folder, 'r');
  for (const parent of [servers, clients, recordings]) mkdirSync(parent, { recursive: true });
  for (const parent of new Set([servers, clients]))
    for (let vm = 1; vm <= vms; vm++) mkdirSync(join(parent, `vm-${vm}`));
  const words = [`connections=${vms}`, `gap=${gap}`, `ms=${milliseconds}`];
  const started: ChildProcess[] = [];
  const load = (what: string, where: string): ChildProcessByStdio<Writable, Readable, null> => {
    const child = spawn(loadProgram(), [what, where, ...words], { stdio: ['pipe', 'pipe', 'inherit'] });
    started.push(child);
    return child;
  };
  try {
    await once(load('serve-each', servers).stdout, 'data');
    const since = performance.now();
    const qmp = spawn(process.execPath, [qmptap, ...args({ servers, clients, recordings })], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    started.push(qmp);
    await says(qmp.stderr, /Ctrl-C ends/);
    const client = load('ask-each', clients);
    const lines = linesOf(client.stdout);
    await lines.next();
    const start = (performance.now() - since) / 1000;
    await settled(recordings);
    const processes = processesOf(folder, qmp.pid);
    const before = usage(processes);
    const from = performance.now();
    client.stdin.write('.');
    const said = JSON.parse(String((await lines.next()).value)) as Measurement;
    const after = usage(processes);
    const cpu = ((after.cpu - before.cpu) / ((performance.now() - from) / 1000)) * 100;
    client.stdin.end();
    const ending = performance.now();
    const ended = once(qmp, 'exit');
    qmp.kill('SIGINT');
    await Promise.race([ended, sleep(patience, undefined, { ref: false })]);
    if (qmp.exitCode === null) throw new Error('it does not end');
    const end = (performance.now() - ending) / 1000;
    check(recordings, vms, said);
    return { ...said, cpu, memory: after.memory, start, end };
  } finally {
    for (const child of started) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Waits until a program has said this on standard error, whose rest is not kept. */
async function says(stream: Readable, what: RegExp): Promise<void> {
  let text = '';
  await new Promise<void>((resolve, reject) => {
    stream.on('data', (piece: Buffer) => {
      if (what.test((text = `${text}${String(piece)}`.slice(-10_000)))) resolve();
    });
    stream.once('end', () => {
      reject(new Error(`it does not start: ${text}`));
    });
  });
}

async function* linesOf(stream: Readable): AsyncGenerator<string, undefined> {
  let text = '';
  for await (const piece of stream) {
    text += String(piece);
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      yield text.slice(0, end);
      text = text.slice(end + 1);
    }
  }
  throw new Error('the clients failed');
}

/** Waits until all that was said so far is in the files: a start is not part of what the rest costs. */
async function settled(recordings: string): Promise<void> {
  const names = (): string => readdirSync(recordings).sort().join();
  const until = performance.now() + patience;
  for (let before = ''; performance.now() < until;) {
    const now = names();
    if (now === before && !readdirSync(recordings).some((name) => isEmpty(join(recordings, name)))) return;
    before = now;
    await sleep(quiet);
  }
}

function isEmpty(path: string): boolean {
  return path.endsWith('.qmptap') && readFileSync(path).length === 0;
}

/** The recorder, and the process that holds its sockets. */
function processesOf(folder: string, recorder: number | undefined): number[] {
  const others = readdirSync('/proc').filter((name) => {
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'latin1');
      return /^\d+$/.test(name) && command.includes('\0hold\0') && command.includes(folder);
    } catch {
      return false;
    }
  });
  return [...(recorder === undefined ? [] : [recorder]), ...others.map(Number)];
}

/** Processor seconds, and memory (MB) as it is now. */
function usage(processes: readonly number[]): { cpu: number; memory: number } {
  let [cpu, memory] = [0, 0];
  for (const pid of processes) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    cpu += (Number(fields[11]) + Number(fields[12])) / 100;
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    memory += Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  }
  return { cpu, memory };
}

/** Every message and byte of every VM. */
function check(recordings: string, vms: number, said: Measurement): void {
  const found = readdirSync(recordings).filter((name) => name.endsWith('.qmptap'));
  let [messages, bytes] = [0, 0];
  for (const name of found) {
    using reader = openRecording(join(recordings, name));
    if (reader.info.incomplete !== undefined) throw new Error(`${name}: ${reader.info.incomplete}`);
    for (const session of reader.sessions()) {
      messages += session.messages;
      bytes += session.bytes;
    }
  }
  const sent = (said['fromClient'] ?? NaN) + (said['fromServer'] ?? NaN);
  if (found.length === vms && messages === said['messages'] && bytes === sent) return;
  throw new Error(
    `recorded were ${messages} messages of ${bytes} bytes in ${found.length} files; sent were ${said['messages']} of ${sent} by ${vms} VMs`,
  );
}

const p50: Metric = { name: 'p50', unit: 'µs', field: 'p50', against: 'ratio' };
const p99: Metric = { name: 'p99', unit: 'µs', field: 'p99', against: 'ratio' };
const cpu: Metric = { name: 'CPU', unit: '% of a core', field: 'cpu' };
const memory: Metric = { name: 'memory', unit: 'MB', field: 'memory' };
const start: Metric = { name: 'start', unit: 's', field: 'start' };
const end: Metric = { name: 'end', unit: 's', field: 'end' };

/** A round trip is two messages. */
const gapOf = (vms: number): number => Math.round(2e6 / (vms * rate));

const race = (name: string, vms: number): Race => ({
  name,
  about: `${vms} VMs, ${rate} messages a second each, holder included; one recorder has as many messages in all`,
  rounds: 3,
  base: 'one recorder',
  metrics: [p50, p99, cpu, memory, start, end],
  contenders: new Map([
    ['one recorder', () => measure(recorder, 1, gapOf(vms))],
    ['qmptap host', () => measure(host, vms, gapOf(vms))],
  ]),
});

export const hosts: readonly Race[] = [race('host', 300), { ...race('host of 1,000', 1_000), rounds: 1 }];
