/** How Node, which may be 20, runs what is written in TypeScript and is no test. */
import { renameSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

/** What makes Node run a program of TypeScript: `node …typescript program.ts`. */
export const typescript: readonly string[] = ['--import', 'tsx'];

const cache = new URL('../../node_modules/.cache/qmptap-test/', import.meta.url);

/**
 * A program as plain JavaScript, with all that it imports of ours in it; gives its path. For those whose own
 * start and memory are measured, and for module hooks, which load no TypeScript themselves.
 */
export function compiled(path: string): string {
  const result = fileURLToPath(new URL(`${basename(path, '.ts')}.mjs`, cache));
  // Others may be doing the same.
  const draft = `${result}.${process.pid}`;
  buildSync({
    entryPoints: [path],
    outfile: draft,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  });
  renameSync(draft, result);
  return result;
}
