/** A newcomer's clone: this repository's files in a new folder, and programs run there. */
import { spawnSync } from 'node:child_process';
import { cpSync, symlinkSync, utimesSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

const notCloned = new Set(['.git', 'node_modules', 'dist', 'coverage']);

/** Copies the repository. Links node_modules, because `npm ci` takes minutes; npm finds it installed. */
export function cloneRepository(to: string): void {
  cpSync('.', to, { recursive: true, filter: (path) => !notCloned.has(basename(path)) });
  symlinkSync(resolve('node_modules'), join(to, 'node_modules'));
  utimesSync(join(to, 'package-lock.json'), 0, 0);
}

/** The environment without the variables that npm and vitest set. */
export function ownEnvironment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(
    ([name]) =>
      !/^npm_(?:lifecycle|package|config_(?:local|global)?_?prefix)|^(?:VITEST|NODE_OPTIONS)/.test(name),
  );
  return { ...Object.fromEntries(entries), ...more };
}

/** Runs a program that must succeed. Returns its standard output. */
export function succeed(
  command: string,
  args: readonly string[],
  cwd: string,
  env = ownEnvironment(),
): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')}: ended with ${String(status)}\n${stdout}\n${stderr}`);
}
