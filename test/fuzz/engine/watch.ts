/**
 * Runs the process of a target and watches it from outside: what takes too long, too much memory, or the
 * whole process, is told with the input that did it. Linux only, as it reads /proc.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Job, Report } from './job.js';

/** Seconds of processor time for one execution; the machine may be busy, so others do not count. */
const cpuLimit = 10;
/** Before the first one, the target is loaded, and each of its modules prepared for counting. */
const loadLimit = 60;
/** Seconds for one execution in which it sleeps: it waits for what never comes. */
const waitLimit = 60;
const poll = 250;
/** Nobody looked for so long: all of it was stopped, or the machine slept. */
const stopped = 10 * poll;

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export interface Outcome {
  executions: number;
  corpus: number;
  branches: number;
  /** Inputs that reached something new. */
  readonly kept: Uint8Array[];
  failure: { readonly input: Uint8Array; readonly why: string } | undefined;
}

export interface Limits {
  readonly megabytes?: number;
  /** Seconds of processor time for one execution. */
  readonly cpu?: number;
  /** Seconds in which one execution sleeps. */
  readonly wait?: number;
}

/** Runs a job to its end. */
export function watch(job: Omit<Job, 'current'>, limits: Limits = {}): Promise<Outcome> {
  const { megabytes = 700, cpu = cpuLimit, wait = waitLimit } = limits;
  const folder = mkdtempSync(join(tmpdir(), 'qmptap-fuzz-'));
  const current = join(folder, 'current');
  const jobFile = join(folder, 'job');
  writeFileSync(jobFile, JSON.stringify({ ...job, current } satisfies Job));
  const outcome: Outcome = { executions: 0, corpus: 0, branches: 0, kept: [], failure: undefined };
  const child = fork(path('process.ts'), [jobFile], {
    execArgv: [
      '--import',
      'tsx',
      '--import',
      path('coverage.ts'),
      `--max-old-space-size=${megabytes}`,
      '--enable-source-maps',
      '--no-warnings',
    ],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, TMPDIR: folder },
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4000)));
  let ended = false;
  let killed: string | undefined;
  let broken: string | undefined;
  child.on('message', (report: Report) => {
    if (report.type === 'kept') outcome.kept.push(fromBase64(report.input));
    else if (report.type === 'broken') broken = report.why;
    else if (report.type === 'failed') {
      outcome.failure = { input: fromBase64(report.input), why: report.why };
    } else {
      outcome.executions = report.executions;
      outcome.corpus = report.corpus;
      outcome.branches = report.branches;
    }
    if (report.type === 'failed' || report.type === 'done') ended = true;
  });
  let before = { executions: -1, cpu: 0 };
  let looked = performance.now();
  let waited = 0;
  const pid = child.pid ?? -1;
  const timer = setInterval(() => {
    const { executions } = lastInput(current);
    const used = cpuSeconds(pid);
    const now = performance.now();
    const limit = executions === 0 ? loadLimit : cpu;
    const passed = now - looked;
    looked = now;
    if (executions !== before.executions) {
      before = { executions, cpu: used };
      waited = 0;
    } else if (used - before.cpu > limit) {
      kill(`no end after ${limit} s of processor time`);
    } else if (isAsleep(pid) && passed < stopped) {
      waited += passed;
      if (waited > wait * 1000) kill(`waits, and nothing comes for ${wait} s`);
    }
    if (memory(pid) > megabytes * 1.5) kill(`uses more than ${megabytes * 1.5} MB`);
  }, poll);
  const kill = (why: string): void => {
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
        outcome.failure = { input, why: killed ?? `the process ended by ${signal ?? String(code)}\n${said}` };
      rmSync(folder, { recursive: true, force: true });
      resolve(outcome);
    });
  });
}

const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

/** What was being tried, and how many were before it. */
function lastInput(current: string): { executions: number; input: Uint8Array } {
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
function cpuSeconds(pid: number): number {
  const [, rest = ''] = /\) (.*)$/s.exec(read(`/proc/${pid}/stat`)) ?? [];
  const fields = rest.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100 || 0;
}

/** Rather than that it would run, and others have the processor. */
function isAsleep(pid: number): boolean {
  return /\) S /.test(read(`/proc/${pid}/stat`));
}

/** Megabytes that a process holds. */
function memory(pid: number): number {
  return Number(/^VmRSS:\s*(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
