/**
 * Runs the process of a target and watches it from outside: what takes too long, too much memory, or the
 * whole process, is told with the input that did it. Linux only, as it reads /proc.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Seconds of processor time for one execution; the machine may be busy, so others do not count. */
const cpuLimit = 10;
/** Before the first one, the target is loaded, and each of its modules prepared for counting. */
const loadLimit = 60;
/** Seconds for one execution in which it sleeps: it waits for what never comes. */
const waitLimit = 60;
const poll = 250;
/** Nobody looked for so long: all of it was stopped, or the machine slept. */
const stopped = 10 * poll;

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * @typedef {object} Outcome
 * @property {number} executions
 * @property {number} corpus
 * @property {number} branches
 * @property {Uint8Array[]} kept inputs that reached something new
 * @property {{ input: Uint8Array, why: string } | undefined} failure
 */

/**
 * Runs `job`, an object as `process.mjs` takes it, to its end.
 * @returns {Promise<Outcome>}
 */
export function watch(job, { megabytes = 700, cpu = cpuLimit, wait = waitLimit, onStatus } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'qmptap-fuzz-'));
  const current = join(folder, 'current');
  const outcome = { executions: 0, corpus: 0, branches: 0, kept: [], failure: undefined };
  const child = fork(path('process.mjs'), [], {
    execArgv: [
      '--import',
      path('coverage.mjs'),
      `--max-old-space-size=${megabytes}`,
      '--enable-source-maps',
      '--no-warnings',
    ],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, TMPDIR: folder },
  });
  child.send({ ...job, current });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (said = (said + text).slice(-4000)));
  let ended = false;
  let killed;
  let broken;
  child.on('message', ({ type, input, why, ...counts }) => {
    if (type === 'kept') outcome.kept.push(new Uint8Array(Buffer.from(input, 'base64')));
    else if (type === 'broken') broken = why;
    else if (type === 'failed')
      outcome.failure = { input: new Uint8Array(Buffer.from(input, 'base64')), why };
    else {
      Object.assign(outcome, counts);
      onStatus?.(outcome);
    }
    if (type === 'failed' || type === 'done') ended = true;
  });
  let before = { executions: -1, cpu: 0 };
  let looked = performance.now();
  let waited = 0;
  const timer = setInterval(() => {
    const { executions } = lastInput(current);
    const used = cpuSeconds(child.pid);
    const now = performance.now();
    const limit = executions === 0 ? loadLimit : cpu;
    const passed = now - looked;
    looked = now;
    if (executions !== before.executions) {
      before = { executions, cpu: used };
      waited = 0;
    } else if (used - before.cpu > limit) {
      kill(`no end after ${limit} s of processor time`);
    } else if (isAsleep(child.pid) && passed < stopped) {
      waited += passed;
      if (waited > wait * 1000) kill(`waits, and nothing comes for ${wait} s`);
    }
    if (memory(child.pid) > megabytes * 1.5) kill(`uses more than ${megabytes * 1.5} MB`);
  }, poll);
  const kill = (why) => {
    if (killed !== undefined || ended) return;
    killed = why;
    child.kill('SIGKILL');
  };
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      clearInterval(timer);
      if (broken !== undefined) reject(new Error(`the fuzzer itself failed: ${broken}`));
      const { executions, input } = lastInput(current);
      outcome.executions = Math.max(outcome.executions, executions);
      if (!ended)
        outcome.failure = { input, why: killed ?? `the process ended by ${signal ?? code}\n${said}` };
      rmSync(folder, { recursive: true, force: true });
      resolve(outcome);
    });
  });
}

/** What was being tried, and how many were before it. */
function lastInput(current) {
  try {
    const bytes = readFileSync(current);
    return {
      executions: bytes.readDoubleLE(0),
      input: new Uint8Array(bytes.subarray(16, 16 + bytes.readUInt32LE(8))),
    };
  } catch {
    return { executions: 0, input: new Uint8Array(0) };
  }
}

/** The processor time of all threads of a process. */
function cpuSeconds(pid) {
  const [, rest = ''] = /\) (.*)$/s.exec(read(`/proc/${pid}/stat`)) ?? [];
  const fields = rest.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100 || 0;
}

/** Rather than that it would run, and others have the processor. */
function isAsleep(pid) {
  return /\) S /.test(read(`/proc/${pid}/stat`));
}

/** Megabytes that a process holds. */
function memory(pid) {
  return Number(/^VmRSS:\s*(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
