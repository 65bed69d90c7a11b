/** The corpora through their targets, a short search over all targets, and the fuzzer itself. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { startScript } from '../support/process.js';
import type { Target } from './target.js';

const folder = fileURLToPath(new URL('.', import.meta.url));
const targets = readdirSync(join(folder, 'targets')).map((file) => file.slice(0, -'.ts'.length));
const inputs = (target: string): string[] => readdirSync(join(folder, 'corpus', target)).sort();

async function load(name: string): Promise<Target> {
  return ((await import(join(folder, 'targets', `${name}.ts`))) as { target: Target }).target;
}

async function run(target: Target, name: string, file: string): Promise<void> {
  await target.run(new Uint8Array(readFileSync(join(folder, 'corpus', name, file))));
}

test('every corpus has its target', () => {
  expect(readdirSync(join(folder, 'corpus')).sort()).toEqual([...targets].sort());
});

describe.each(targets)('%s', (name) => {
  test('holds for its corpus', async () => {
    const target = await load(name);
    const kept = inputs(name).filter((file) => file.startsWith('input-'));
    expect(kept).not.toEqual([]);
    for (const file of kept) await run(target, name, file);
  });

  test.for(inputs(name).filter((file) => !file.startsWith('input-')))('holds for %s', async (file) => {
    await run(await load(name), name, file);
  });
});

interface Run {
  readonly code: number | string;
  readonly said: string;
}

/** Runs the fuzzer. */
async function fuzz(...args: readonly string[]): Promise<Run> {
  const fuzzer = startScript(join(folder, 'run.ts'), args);
  const code = await fuzzer.ended;
  return { code, said: fuzzer.stdout() + fuzzer.stderr() };
}

describe('the fuzzer', () => {
  const planted = (defect: string, ...args: string[]): Promise<Run> => {
    return fuzz(join(folder, 'planted', `${defect}.ts`), '--seed', '1', '--discard', ...args);
  };

  test('finds what only guidance finds, makes it small, and finds it again', async () => {
    const [one, two] = [await planted('throw'), await planted('throw')];
    expect(one.code).toBe(1);
    expect(one.said).toContain('TypeError: planted');
    // The four bytes that it takes, and a fifth.
    expect(/input: ([0-9a-f]+)/.exec(one.said)?.[1]).toMatch(/^514d5021..$/);
    const executions = (said: string): unknown => /[\d,]+ executions/.exec(said)?.[0];
    expect(executions(two.said)).toBe(executions(one.said));
  });

  test.for([
    ['hang', 'no end after 1 s', '1'],
    ['abort', 'SIGABRT', '60'],
    ['hoard', 'MB', '60'],
  ] as const)('tells of a process that must be ended or ends: %s', async ([defect, why, patience]) => {
    const { code, said } = await planted(defect, '--patience', patience);
    expect(said).toContain(why);
    expect(/input: ([0-9a-f]+)/.exec(said)?.[1]).toMatch(/^514d5021/);
    expect(code).toBe(1);
  });
});

// One test, not two at once: what a test starts ends with it, and vitest takes one of two for the other.
test('a short search finds nothing', { timeout: 400_000 }, async () => {
  const halves = [0, 1].map((half) => targets.filter((_, at) => at % 2 === half));
  const runs = await Promise.all(halves.map((names) => fuzz(...names, '--minutes', '0.03', '--seed', '1')));
  for (const [half, { code, said }] of runs.entries()) {
    expect(code, said).toBe(0);
    expect(said).toContain(`${halves[half]?.at(-1) ?? ''} `);
  }
});
