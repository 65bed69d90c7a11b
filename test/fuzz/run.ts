/**
 * `npm run fuzz`: looks for inputs for which a property of `targets/` does not hold, guided by the branches
 * that they reach.
 *
 *     npm run fuzz                                       all targets, a minute each
 *     npm run fuzz -- framer filter --minutes 60         these, for so long each
 *     npm run fuzz -- framer --seed 7 --executions 1000  the same inputs every time
 *     npm run fuzz -- framer --input FILE                one input, to repeat a failure
 *     npm run fuzz -- --keep                             put what was found new into the corpora …
 *     npm run fuzz -- --minimise                         … or only take out of them what others reach
 *     npm run fuzz -- --discard --patience 60            keep no input that fails; allow it 60 s of processor time
 *
 * An input that fails is made smaller and kept as `corpus/TARGET/failed-HASH`, which `npm test` runs from
 * then on: fix the defect and commit both. One target is run after the other, on one core.
 */
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { corpusFolder, keepInput, replaceInputs, targetNames } from './engine/targets.js';
import type { Search } from './engine/job.js';
import { type Limits, watch } from './engine/watch.js';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '1' },
    executions: { type: 'string' },
    seed: { type: 'string' },
    input: { type: 'string' },
    keep: { type: 'boolean', default: false },
    minimise: { type: 'boolean', default: false },
    discard: { type: 'boolean', default: false },
    patience: { type: 'string' },
  },
});
const names = positionals.length > 0 ? positionals : targetNames();
const seed = options.seed ?? String(Date.now() % 1_000_000);
const limits: Limits = options.patience === undefined ? {} : { cpu: Number(options.patience) };
const seconds = Number(options.minutes) * 60;

if (options.input !== undefined) await repeat(names[0] ?? '', options.input);
else {
  process.stdout.write(`seed ${seed}\n`);
  let failed = 0;
  for (const name of names) if (await search(name)) failed++;
  process.exitCode = failed > 0 ? 1 : 0;
}

/** Fuzzes a target or minimises its corpus; whether something failed. */
async function search(name: string): Promise<boolean> {
  const work: Search = {
    mode: options.minimise ? 'minimise' : 'fuzz',
    seed,
    seconds: options.executions === undefined ? seconds : 1e9,
    executions: Number(options.executions ?? 1e15),
    extra: [],
  };
  const began = performance.now();
  const found = await watch({ name, work }, limits);
  const time = (performance.now() - began) / 1000;
  const rate = found.executions / time;
  process.stdout.write(
    `${name.padEnd(14)} ${found.executions.toLocaleString('en').padStart(13)} executions in ${time.toFixed(0).padStart(5)} s` +
      ` (${rate.toFixed(0).padStart(6)}/s)  ${found.corpus} inputs, ${found.branches} branches\n`,
  );
  if (found.failure !== undefined) {
    const { input, why } = found.failure;
    process.stdout.write(`${name}: FAILED\n${why.replace(/^/gm, '    ')}\n`);
    process.stdout.write(`  input: ${Buffer.from(input.subarray(0, 200)).toString('hex')}\n`);
    if (!options.discard) {
      const path = relative('', keepInput(name, 'failed', input));
      process.stdout.write(`  kept as ${path}; again: npm run fuzz -- ${name} --input ${path}\n`);
    }
  } else if (options.minimise) replaceInputs(name, 'input', found.kept);
  else if (options.keep && found.kept.length > 0) {
    const extra = found.kept.map((input) => Buffer.from(input).toString('base64'));
    const { kept, failure } = await watch({ name, work: { ...work, mode: 'minimise', extra } }, limits);
    if (failure === undefined) replaceInputs(name, 'input', kept);
    process.stdout.write(`${name}: ${kept.length} inputs in ${relative('', corpusFolder(name))}\n`);
  }
  return found.failure !== undefined;
}

async function repeat(name: string, file: string): Promise<void> {
  const { failure } = await watch({ name, work: { mode: 'repeat', file } }, limits);
  process.stdout.write(
    failure === undefined ? `${name}: holds for ${file}\n` : `${name}: FAILED\n${failure.why}\n`,
  );
  process.exitCode = failure === undefined ? 0 : 1;
}
