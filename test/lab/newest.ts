/**
 * Runs the lab's tests with the QEMU, the guest agent and the libvirt of another Debian suite. Needs root and debootstrap:
 *
 *     npm run lab:newest -- sid                          all of test/lab
 *     npm run lab:newest -- trixie-backports             trixie, with what its backports have newer
 *     npm run lab:newest -- sid test/lab/framing.test.ts -t agent     arguments for vitest
 *     npm run lab:newest -- sid -- sh                    a command there, in place of the tests
 *
 * The suite's root is made once, in $XDG_CACHE_HOME/qmptap/lab/SUITE; remove it to have today's versions. The tests run in it
 * with this machine's Node and this tree, in namespaces of their own: when they end, nothing runs and nothing is mounted.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inside, makeRoot, missingPrograms, rootPath } from './suite-root.js';

/** Of the packages that `.ci/run` installs, those that only compile the project. */
const compilers = ['make', 'g++', 'ccache'];

const [suite = '', ...rest] = process.argv.slice(2);
process.exitCode = main();

function main(): number {
  const refusal = refusalOf(suite);
  if (refusal !== undefined) {
    process.stderr.write(`lab:newest: ${refusal}\n`);
    return 2;
  }
  const root = rootPath(suite);
  makeRoot(root, { suite, packages: packagesOf(readFileSync('.ci/run', 'utf8')) });
  return run(root);
}

function refusalOf(name: string): string | undefined {
  if (!/^[a-z]+(-backports)?$/.test(name))
    return `which Debian suite? Usage: npm run lab:newest -- SUITE [arguments for vitest], such as sid or trixie`;
  if (process.getuid?.() !== 0) return 'needs root, to make a root of the suite and to mount: run it as root';
  const missing = missingPrograms('debootstrap', 'flock', 'pivot_root', 'unshare');
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  return undefined;
}

function packagesOf(ciRun: string): string[] {
  const list = /^packages=\(([^)]*)\)/m.exec(ciRun)?.[1];
  if (list === undefined) throw new Error('.ci/run has no line packages=(…)');
  return list.split(/\s+/).filter((name) => name !== '' && !compilers.includes(name));
}

function run(root: string): number {
  const project = process.cwd();
  const temporary = mkdtempSync(join(tmpdir(), 'qmptap-newest-'));
  const bound = [process.execPath, project];
  const own = Object.entries(process.env).filter(([name]) => /^(?:QMPTAP_|TERM$|CI$)/.test(name));
  const environment = { HOME: '/root', ...Object.fromEntries(own), QMPTAP_LAB: 'required' };
  const options = { bound, temporary, folder: project, environment };
  const versions = 'qemu-system-x86_64 --version | head -1; qemu-ga --version; libvirtd --version';
  try {
    inside(root, ['sh', '-c', `${versions}; echo "Node $("$0" --version)"`, process.execPath], options);
    if (rest[0] === '--') return inside(root, rest.slice(1), options);
    // What other Nodes do is no matter of the suite.
    const all = ['test/lab', '--exclude', 'test/lab/nodes.test.ts'];
    const files = rest.some((argument) => argument.startsWith('test/')) ? rest : [...all, ...rest];
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...files];
    return inside(root, [process.execPath, ...vitest], options);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
