/** Finds the targets and their corpora: a module of `targets/` each, a folder of `corpus/` each. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Target } from '../target.js';

const folder = fileURLToPath(new URL('../', import.meta.url));

/** The names of all targets. */
export function targetNames(): string[] {
  const names = readdirSync(join(folder, 'targets')).filter((name) => name.endsWith('.ts'));
  return names.map((name) => name.slice(0, -'.ts'.length)).sort();
}

/** A target (`target.ts`) by its name, or by the path of a module outside of `targets/` */
export async function loadTarget(name: string): Promise<Target> {
  const path = name.endsWith('.ts') ? name : join(folder, 'targets', `${name}.ts`);
  return ((await import(path)) as { target: Target }).target;
}

/** Where a target's inputs are kept. */
export function corpusFolder(name: string): string {
  return join(folder, 'corpus', name);
}

/** A target's inputs by their file's name, in the order of the names. */
export function readCorpus(name: string): Map<string, Uint8Array> {
  const inputs = new Map<string, Uint8Array>();
  let files: string[] = [];
  try {
    files = readdirSync(corpusFolder(name)).sort();
  } catch {
    // It has none yet.
  }
  for (const file of files) inputs.set(file, new Uint8Array(readFileSync(join(corpusFolder(name), file))));
  return inputs;
}

/** Keeps an input in a target's corpus; gives its path. `kind` begins its file's name. */
export function keepInput(name: string, kind: string, input: Uint8Array): string {
  const hash = createHash('sha256').update(input).digest('hex').slice(0, 10);
  const where = corpusFolder(name);
  mkdirSync(where, { recursive: true });
  const path = join(where, `${kind}-${hash}`);
  writeFileSync(path, input);
  return path;
}

/** Puts these inputs where those with this kind of name were. */
export function replaceInputs(name: string, kind: string, inputs: Iterable<Uint8Array>): void {
  for (const file of readCorpus(name).keys()) {
    if (file.startsWith(`${kind}-`)) rmSync(join(corpusFolder(name), file));
  }
  for (const input of inputs) keepInput(name, kind, input);
}
