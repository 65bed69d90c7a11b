/**
 * Installs the packages of package-lock.json unless they are there for this Node, and says so, since it may take minutes.
 * It runs no install script of theirs: all bring what they need, but for the SQLite of Node 20, which is compiled.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { refusalOfNode, warningOfNode } from './src/cli/node-version.js';

const { optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
/** Two versions of SQLite: src/store/disk/sqlite.ts chooses. */
const databases = Object.keys(optionalDependencies);

const refusal = refusalOfNode(process.versions.node);
if (refusal !== undefined) fail(refusal);
const warning = warningOfNode(process.versions.node);
if (warning !== undefined) say(warning);

if (!isInstalled() || !hasDatabase()) {
  say('installing packages');
  npm('ci', '--ignore-scripts', '--engine-strict', '--no-audit', '--no-fund');
}
if (!hasDatabase()) {
  say(
    `compiling SQLite for Node ${process.versions.node}, which takes minutes. Node 22.14 and newer need no compiler.`,
  );
  npm('rebuild', ...databases);
  if (!hasDatabase())
    fail('SQLite was not compiled: install python3, make and g++, or use Node 22.14 or newer');
}

function isInstalled() {
  const installed = statSync('node_modules/.package-lock.json', { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return installed > statSync('package-lock.json').mtimeMs;
}

/** Tried in another process: one that is meant for another Node may crash. */
function hasDatabase() {
  return databases.some((name) => {
    const open = `new (require(${JSON.stringify(name)}))(':memory:')`;
    return spawnSync(process.execPath, ['-e', open], { stdio: 'ignore' }).status === 0;
  });
}

/** `npm install --global .` runs this too, and would have its npm install globally. */
function npm(...args) {
  const { status } = spawnSync('npm', ['--global=false', ...args], { stdio: 'inherit' });
  if (status !== 0) fail(`npm ${args[0]} failed`);
}

function say(what) {
  console.error(`qmptap: ${what}`);
}

function fail(why) {
  say(why);
  process.exit(1);
}
