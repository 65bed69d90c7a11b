/**
 * Every Node that package.json's `engines` names, of each line its oldest or its newest. .ci/run installs them into the folder that
 * QMPTAP_NODES names. Each starts a clone as a newcomer would, and does each kind of work once, on a real QEMU. With them are
 * one that is refused, and two that abort addons of another kind than ours.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { refusalOfNode, warningOfNode } from '../../src/cli/node-version.js';
import { cloneRepository, ownEnvironment, succeed } from '../newcomer/clone.js';
import { findProgram, testUnless } from '../support/programs.js';
import { PtyScreen } from '../support/pty-screen.js';
import { startQemu } from '../support/qemu.js';

const folderOfNodes = process.env['QMPTAP_NODES'];
const modules = join(folderOfNodes ?? '', 'node_modules');
/** `24.22.3`. */
const versions =
  folderOfNodes === undefined
    ? []
    : readdirSync(modules).flatMap((name) => /^node-(\d.*)/.exec(name)?.slice(1) ?? []);
/** A kind that none of them is of is named, and missing. */
function kindOf(kind: string, is: (version: string) => boolean): { named: string[]; missing: string[] } {
  const named = versions.filter(is);
  return named.length > 0
    ? { named, missing: [] }
    : { named: [kind], missing: [`a Node that ${kind} (QMPTAP_NODES, see .ci/run)`] };
}
const good = kindOf('is good', (version) => refusalOfNode(version) === warningOfNode(version));
const aborting = kindOf('aborts addons', (version) => warningOfNode(version) !== undefined);
const refused = kindOf('is refused', (version) => refusalOfNode(version) !== undefined);
const programs = ['qemu-system-x86_64', 'python3', 'npm'].filter((name) => findProgram(name) === undefined);

/** npm installs hundreds of packages. */
const patience = 300_000;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'qmptap-nodes-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
}, patience);

const binary = (version: string): string => join(modules, `node-${version}`, 'bin/node');

describe.each(good.named)('Node %s', (version) => {
  testUnless([...programs, ...good.missing])(
    'installs, starts, records, passes a descriptor, replays, draws',
    async () => {
      const node = binary(version);
      const env = environmentOf(node);
      expect(succeed('node', ['-p', 'process.versions.node'], folder, env).trim()).toBe(version);

      const clone = cloneFor(node);
      expect(succeed('npm', ['start'], clone, env)).toContain('query-status');

      const main = join(clone, 'dist/cli/main.js');
      const work = join(folder, `work-${version}`);
      const qmptap = (...args: string[]): string => succeed(node, [main, ...args], work, env);
      succeed('mkdir', [work], folder);
      writeFileSync(join(work, 'client.py'), client);
      const qemu = await startQemu(work);
      const recorder = ['record', '-l', './tap.sock', '-c', qemu.socket, '-o', 'tap.qmptap', '--exec', '--'];
      expect(qmptap(...recorder, 'python3', 'client.py')).toContain('all succeeded');
      expect(qmptap('show', 'tap.qmptap', 'cmd:getfd')).toMatch(/-> .*getfd[^]*<- .*"return"/);
      const replayed = qmptap('replay', 'server', 'tap.qmptap', '--exec', '--', 'python3', 'client.py');
      expect(replayed).toContain('all succeeded');

      const screen = new PtyScreen(node, [main, 'ui', 'tap.qmptap'], { cwd: work });
      await screen.shows('query-fdsets');
      screen.type('Q');
      expect((await screen.ended).exitCode).toBe(0);
    },
    patience,
  );
});

describe.each([...good.named, ...aborting.named])('Node %s', (version) => {
  testUnless([...programs, ...good.missing, ...aborting.missing])(
    'keeps what our addons leave to it',
    () => {
      const node = binary(version);
      const clone = cloneFor(node);
      const setup = spawnSync(node, ['setup.mjs'], {
        cwd: clone,
        env: environmentOf(node),
        encoding: 'utf8',
      });
      expect(setup.status, setup.stderr).toBe(0);
      expect(setup.stderr).toContain(warningOfNode(version) ?? '');
      for (const [program = '', count = ''] of [
        ['statements-program.ts', '10'],
        ['wakeups-program.ts', '300'],
      ])
        execFileSync(node, ['--import', 'tsx', `test/fixtures/${program}`, count], {
          cwd: clone,
          timeout: 60_000, // promises that are left waiting wait for good
        });
    },
    patience,
  );
});

describe.each(refused.named)('Node %s', (version) => {
  testUnless(refused.missing)('is refused in one line by the program and by setup', () => {
    for (const file of ['dist/cli/main.js', 'setup.mjs']) {
      const { status, stderr } = spawnSync(binary(version), [file], { encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 1, stderr: `qmptap: ${refusalOfNode(version)}\n` });
    }
  });
});

/**
 * A clone for all that take the same SQLite. The packages are the repository's own if those serve this Node;
 * otherwise the first `npm start` installs them.
 */
function cloneFor(node: string): string {
  const asksFor = "Number(process.versions.napi) >= 10 ? 'prebuilt' : 'compiled'";
  const [kind = '', own = ''] = [node, process.execPath].map((one) =>
    succeed(one, ['-p', asksFor], folder).trim(),
  );
  const clone = join(folder, kind);
  if (!existsSync(clone)) {
    cloneRepository(clone);
    if (kind !== own) rmSync(join(clone, 'node_modules'));
  }
  return clone;
}

/** This Node first, for npm too; its own headers are beside it, and what CI has downloaded is not asked for again. */
function environmentOf(node: string): NodeJS.ProcessEnv {
  return ownEnvironment({
    PATH: `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}`,
    npm_config_nodedir: join(dirname(node), '..'),
    npm_config_prefer_offline: 'true',
  });
}

/** Ends well if three commands succeed; the second has a descriptor. */
const client = `
import os, socket
monitor = socket.socket(socket.AF_UNIX)
monitor.connect(os.environ["QMPTAP_ADDRESS"].removeprefix("unix:"))
answers = monitor.makefile()
answers.readline()
for command, descriptors in (
    (b'{"execute":"qmp_capabilities"}', []),
    (b'{"execute":"getfd","arguments":{"fdname":"one"}}', [os.pipe()[1]]),
    (b'{"execute":"query-fdsets"}', []),
):
    socket.send_fds(monitor, [command], descriptors)
    assert '"return"' in answers.readline()
print('all succeeded')
`;
