/**
 * One target being fuzzed, in a process of its own: `node --import coverage.ts process.ts`. Its job is in the file
 * that it is given; its parent is told what it finds. Before an input is tried it is written to a file, so
 * that whoever watches can tell which one was the last.
 */
import { openSync, readFileSync, writeSync } from 'node:fs';
import type { Target } from '../target.js';
import { clear, literals, Seen } from './coverage.js';
import type { Job, Report, Search } from './job.js';
import { minimise } from './minimise.js';
import { Mutator } from './mutator.js';
import { Random } from './random.js';
import { loadTarget, readCorpus } from './targets.js';

const { name, current, work } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Job;
const encoder = new TextEncoder();
const last = openSync(current, 'w');
const header = Buffer.alloc(16);
let executions = 0;

function tell(report: Report): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(report, () => {
      resolve();
    });
  });
}

const base64 = (input: Uint8Array): string => Buffer.from(input).toString('base64');

/** Runs the target; gives what it threw. */
async function attempt(target: Target, input: Uint8Array): Promise<Error | undefined> {
  executions++;
  header.writeDoubleLE(executions, 0);
  header.writeUInt32LE(input.length, 8);
  writeSync(last, header, 0, 16, 0);
  if (input.length > 0) writeSync(last, input, 0, input.length, 16);
  clear();
  try {
    // Most answer at once, and waiting for nothing costs more than many of them.
    const running = target.run(input);
    if (running instanceof Promise) await running;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(`thrown: ${String(error)}`);
  }
}

/** Two failures with the same one are of the same defect, as far as we can tell. */
function signature(error: Error): string {
  const place = /^\s+at .*$/m.exec(error.stack?.slice(error.stack.indexOf('\n    at ')) ?? '')?.[0];
  return `${error.name} ${place ?? error.message.slice(0, 40)}`;
}

async function fail(target: Target, input: Uint8Array, error: Error): Promise<void> {
  const wanted = signature(error);
  let smallest = error;
  const small = await minimise(
    input,
    async (candidate) => {
      const again = await attempt(target, candidate);
      if (again === undefined || signature(again) !== wanted) return false;
      smallest = again;
      return true;
    },
    3000,
  );
  await tell({
    type: 'failed',
    input: base64(small),
    why: smallest.stack ?? String(smallest),
  });
}

/** Tries each of these; gives those that reach something new, unless one fails. */
async function take(
  target: Target,
  inputs: readonly Uint8Array[],
  seen: Seen,
): Promise<Uint8Array[] | undefined> {
  const kept: Uint8Array[] = [];
  for (const input of inputs) {
    const error = await attempt(target, input);
    const fresh = seen.add();
    if (error !== undefined) {
      await fail(target, input, error);
      return undefined;
    }
    if (fresh > 0) kept.push(input);
  }
  return kept;
}

async function repeat(target: Target, file: string): Promise<void> {
  const input = new Uint8Array(readFileSync(file));
  const error = await attempt(target, input);
  await tell(
    error === undefined
      ? { type: 'done', executions, corpus: 0, branches: 0 }
      : { type: 'failed', input: base64(input), why: error.stack ?? String(error) },
  );
}

async function search(
  target: Target,
  { mode, seed, seconds, executions: most, extra }: Search,
): Promise<void> {
  const { words = [], seeds = () => [], maxLength = 4096 } = target;
  const random = new Random(`${name} ${seed}`);
  const mutator = new Mutator(random, [...words, ...words, ...literals], maxLength);
  const seen = new Seen(mode === 'minimise');
  const given = [
    ...readCorpus(name).values(),
    ...Array.from(seeds(), (text) => (typeof text === 'string' ? encoder.encode(text) : text)),
    ...extra.map((text) => new Uint8Array(Buffer.from(text, 'base64'))),
    new Uint8Array(0),
  ];
  // The smallest first: a large one is kept for what only it reaches.
  const ordered = mode === 'fuzz' ? given : [...given].sort((a, b) => a.length - b.length);
  const corpus = await take(target, ordered, seen);
  if (corpus === undefined) return;
  if (mode === 'minimise') {
    for (const input of corpus) await tell({ type: 'kept', input: base64(input) });
    await tell({ type: 'done', executions, corpus: corpus.length, branches: seen.branches });
    return;
  }
  if (corpus.length === 0) corpus.push(new Uint8Array(0));
  const until = performance.now() + seconds * 1000;
  let told = performance.now();
  while (executions < most && performance.now() < until) {
    const now = performance.now();
    if (now - told > 500) {
      told = now;
      await tell({ type: 'status', executions, corpus: corpus.length, branches: seen.branches });
    }
    // What was found last has been tried least.
    const recent = corpus.length > 20 && random.oneIn(2);
    const from = random.pick(recent ? corpus.slice(-20) : corpus);
    const input = mutator.mutate(from, random.pick(corpus));
    const error = await attempt(target, input);
    const fresh = seen.add();
    if (error !== undefined) {
      await fail(target, input, error);
      return;
    }
    if (fresh === 0) continue;
    corpus.push(input);
    await tell({ type: 'kept', input: base64(input) });
  }
  await tell({ type: 'done', executions, corpus: corpus.length, branches: seen.branches });
}

// Nobody watches any more.
process.on('disconnect', () => process.exit(1));

try {
  const target = await loadTarget(name);
  if (work.mode === 'repeat') await repeat(target, work.file);
  else await search(target, work);
} catch (error) {
  await tell({ type: 'broken', why: (error as Error).stack ?? String(error) });
}
process.exit(0);
