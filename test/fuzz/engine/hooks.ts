/**
 * Node's module hooks: TypeScript of `src` and `test` is loaded as it lies there, that of `src` (and the
 * fuzzer's own planted defects) with counters. Keeps the texts in a folder, since taking a module apart
 * costs more than loading it.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { LoadHook, ResolveHook } from 'node:module';
import { fileURLToPath } from 'node:url';

export interface Places {
  /** The repository's folder. */
  readonly root: string;
  /** Where texts are kept. */
  readonly cache: string;
}

let { root, cache }: Places = { root: '', cache: '' };
let own = '';

export function initialize(places: Places): void {
  ({ root, cache } = places);
  own = readFileSync(new URL('test/fuzz/engine/instrument.ts', root), 'utf8');
}

/** In TypeScript a module is imported by the name that it will have. */
export const resolve: ResolveHook = (specifier, context, next) => {
  if (specifier.startsWith('.') && specifier.endsWith('.js')) {
    const written = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    if (existsSync(written)) return { url: written.href, format: 'module', shortCircuit: true };
  }
  return next(specifier, context);
};

export const load: LoadHook = async (url, context, next) => {
  if (!url.startsWith(root) || !url.endsWith('.ts')) return next(url, context);
  const text = readFileSync(new URL(url), 'utf8');
  return { format: 'module', shortCircuit: true, source: await javascript(url, text, isCounted(url)) };
};

function isCounted(url: string): boolean {
  return url.startsWith(`${root}src/`) || url.startsWith(`${root}test/fuzz/planted/`);
}

async function javascript(url: string, text: string, counted: boolean): Promise<string> {
  const hash = createHash('sha256').update(own).update(`${url} ${counted}`).update(text).digest('hex');
  const path = new URL(hash, cache);
  try {
    return readFileSync(path, 'utf8');
  } catch {
    const { transpile, instrument } = await import('./instrument.js');
    const name = fileURLToPath(url);
    const plain = transpile(text, name);
    const result = counted ? instrument(plain, name) : plain;
    mkdirSync(new URL(cache), { recursive: true });
    const draft = new URL(`${path.href}.${process.pid}`);
    writeFileSync(draft, result);
    renameSync(draft, path);
    return result;
  }
}
