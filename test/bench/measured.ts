/** A program of Node, run to its end: how long it took, and what it used. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

/** Told on a descriptor of its own, at the end: whoever asks from outside comes too early or too late. */
const tell = `
  import { readFileSync, writeSync } from 'node:fs';
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    const [, peak] = /VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'));
    writeSync(3, JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, memory: Number(peak) / 1024 }));
  });`;

export interface Measured {
  readonly seconds: number;
  /** Processor seconds. */
  readonly cpu: number;
  /** MB, at most. */
  readonly memory: number;
}

/** Runs Node with these arguments. */
export async function measured(args: readonly string[]): Promise<Measured> {
  const since = performance.now();
  const preload = ['--import', `data:text/javascript,${encodeURIComponent(tell)}`];
  const child = spawn(process.execPath, [...preload, ...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const [said, errors] = await Promise.all([textOf(child.stdio[3]), textOf(child.stderr)]);
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`${args.join(' ')}: ${errors}`);
  return { seconds: (performance.now() - since) / 1000, ...(JSON.parse(said) as Omit<Measured, 'seconds'>) };
}

async function textOf(stream: unknown): Promise<string> {
  let text = '';
  for await (const piece of stream as Readable) text += String(piece);
  return text;
}
