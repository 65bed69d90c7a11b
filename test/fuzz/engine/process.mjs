/**
 * One target being fuzzed, in a process of its own: `node --import coverage.mjs process.mjs`. Its job is the first
 * message of its parent, which is told what it finds. Before an input is tried it is written to a file, so
 * that whoever watches can tell which one was the last.
 */
import { openSync, readFileSync, writeSync } from 'node:fs';
import { clear, literals, Seen } from './coverage.mjs';
import { minimise } from './minimise.mjs';
import { Mutator } from './mutator.mjs';
import { Random } from './random.mjs';
import { loadTarget, readCorpus } from './targets.mjs';

const {
  name,
  seed,
  seconds,
  executions: most,
  current,
  mode,
  extra,
  file,
} = await new Promise((resolve) => process.once('message', resolve));
const encoder = new TextEncoder();
const last = openSync(current, 'w');
const header = Buffer.alloc(16);
let executions = 0;

function tell(message) {
  return new Promise((resolve) => process.send(message, resolve));
}

/** Runs the target; gives what it threw. */
async function attempt(target, input) {
  executions++;
  header.writeDoubleLE(executions, 0);
  header.writeUInt32LE(input.length, 8);
  writeSync(last, header, 0, 16, 0);
  if (input.length > 0) writeSync(last, input, 0, input.length, 16);
  clear();
  try {
    const running = target.run(input);
    if (running !== undefined) await running;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(`thrown: ${String(error)}`);
  }
}

/** Two failures with the same one are of the same defect, as far as we can tell. */
function signature(error) {
  const place = /^\s+at .*$/m.exec(error.stack?.slice(error.stack.indexOf('\n    at ')) ?? '')?.[0];
  return `${error.name} ${place ?? error.message.slice(0, 40)}`;
}

async function fail(target, input, error) {
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
    input: Buffer.from(small).toString('base64'),
    why: smallest.stack ?? String(smallest),
  });
}

/** Tries each of these; gives those that reach something new, unless one fails. */
async function take(target, inputs, seen) {
  const kept = [];
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

async function fuzz() {
  const target = await loadTarget(name);
  if (mode === 'repeat') {
    const input = new Uint8Array(readFileSync(file));
    const error = await attempt(target, input);
    await tell(
      error === undefined
        ? { type: 'done', executions }
        : { type: 'failed', input: Buffer.from(input).toString('base64'), why: error.stack },
    );
    return;
  }
  const { words = [], seeds = () => [], maxLength = 4096 } = target;
  const random = new Random(`${name} ${seed}`);
  const mutator = new Mutator(random, [...words, ...words, ...literals], maxLength);
  const seen = new Seen(mode === 'minimise');
  const given = [
    ...readCorpus(name).values(),
    ...Array.from(seeds(), (text) => (typeof text === 'string' ? encoder.encode(text) : text)),
    ...(extra ?? []).map((text) => new Uint8Array(Buffer.from(text, 'base64'))),
    new Uint8Array(0),
  ];
  // The smallest first: a large one is kept for what only it reaches.
  const ordered = mode === 'fuzz' ? given : [...given].sort((a, b) => a.length - b.length);
  const corpus = await take(target, ordered, seen);
  if (corpus === undefined) return;
  if (mode === 'minimise') {
    for (const input of corpus) await tell({ type: 'kept', input: Buffer.from(input).toString('base64') });
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
    const from = recent ? corpus[corpus.length - 1 - random.below(20)] : random.pick(corpus);
    const input = mutator.mutate(from, random.pick(corpus));
    const error = await attempt(target, input);
    const fresh = seen.add();
    if (error !== undefined) {
      await fail(target, input, error);
      return;
    }
    if (fresh === 0) continue;
    corpus.push(input);
    await tell({ type: 'kept', input: Buffer.from(input).toString('base64') });
  }
  await tell({ type: 'done', executions, corpus: corpus.length, branches: seen.branches });
}

try {
  await fuzz();
} catch (error) {
  await tell({ type: 'broken', why: error.stack });
}
process.exit(0);
