/** Programs that a test starts: their output, their end, and that they do end. */
import { type ChildProcess, execFileSync, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { typescript } from './typescript.js';
import { until } from './until.js';

export interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  /** What it wrote so far, as UTF-8. */
  stdout(): string;
  stdoutBytes(): Buffer;
  stderr(): string;
  /** Waits until standard error (or output) matches. */
  says(pattern: RegExp, where?: 'stdout' | 'stderr'): Promise<RegExpExecArray>;
  /** The exit code, or the signal's name. */
  ended: Promise<number | string>;
  signal(name: NodeJS.Signals): void;
}

/** Starts a program and ends it with the test, if it still runs then. */
export function start(command: string, args: readonly string[], options: SpawnOptions = {}): Running {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const output: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  const text = (where: 'stdout' | 'stderr'): string => Buffer.concat(output[where]).toString();
  child.stdout?.on('data', (chunk: Buffer) => output.stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => output.stderr.push(chunk));
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  let over = false;
  void ended.then(() => (over = true));
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
  });
  return {
    child,
    pid: child.pid ?? -1,
    stdout: () => text('stdout'),
    stdoutBytes: () => Buffer.concat(output.stdout),
    stderr: () => text('stderr'),
    says: (pattern, where = 'stderr') =>
      until(`${command} ${args.join(' ')} to say ${String(pattern)}; it said: ${text('stderr')}`, () => {
        const match = pattern.exec(text(where));
        if (match === null && over)
          throw new Error(`${command} ended before it said ${String(pattern)}: ${text('stderr')}`);
        return match ?? undefined;
      }),
    ended,
    signal: (name) => child.kill(name),
  };
}

/** Starts a program of TypeScript. */
export function startScript(path: string, args: readonly string[], options: SpawnOptions = {}): Running {
  return start(process.execPath, [...typescript, path, ...args], options);
}

/** Starts qmptap as its user does. */
export function qmptap(args: readonly string[], options: SpawnOptions = {}): Running {
  return start(process.execPath, ['dist/cli/main.js', ...args], options);
}

/** Runs qmptap to its end. */
export async function run(
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<{ code: number | string; stdout: string; stderr: string; bytes: Buffer }> {
  const running = qmptap(args, options);
  const code = await running.ended;
  return { code, stdout: running.stdout(), stderr: running.stderr(), bytes: running.stdoutBytes() };
}

/** A number of a process from /proc, in kB. */
export function memoryOf(pid: number, what: 'VmHWM' | 'VmRSS'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${what}:\\s*(\\d+)`, 'm').exec(status)?.[1]);
}

/** From now on a process may open so many files more. Needs prlimit. */
export function leaveDescriptors(pid: number, more: number): void {
  const open = readdirSync(`/proc/${pid}/fd`).map(Number);
  // The limit is for numbers, of which the lowest that is free is taken.
  let limit = 0;
  for (let free = more; free > 0; limit++) if (!open.includes(limit)) free--;
  execFileSync('prlimit', [`--pid=${pid}`, `--nofile=${limit}:4096`]);
}
