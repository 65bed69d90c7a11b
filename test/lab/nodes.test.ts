/**
 * Every Node that package.json's `engines` names, of each line its oldest or its newest. .ci/run installs them into the folder that
 * QMPTAP_NODES names. Each starts a clone as a newcomer would, and does each kind of work once, on a real QEMU.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { cloneRepository, ownEnvironment, succeed } from '../newcomer/clone.js';
import { findProgram, testUnless } from '../support/programs.js';
import { PtyScreen } from '../support/pty-screen.js';
import { startQemu } from '../support/qemu.js';

const folderOfNodes = process.env['QMPTAP_NODES'];
const modules = join(folderOfNodes ?? '', 'node_modules');
/** `node-24.22.3`; one name that stands for all, where there are none. */
const nodes =
  folderOfNodes === undefined
    ? ['Node 20, 22, 24, 26']
    : readdirSync(modules).filter((name) => name.startsWith('node-'));
const needed = ['qemu-system-x86_64', 'python3', 'npm'].filter((name) => findProgram(name) === undefined);
if (folderOfNodes === undefined) needed.push('other Nodes (QMPTAP_NODES, see .ci/run)');

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'qmptap-nodes-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe.each(nodes)('%s', (name) => {
  testUnless(needed)(
    'installs, starts, records, passes a descriptor, replays, draws',
    async () => {
      const node = join(modules, name, 'bin/node');
      const env = environmentOf(node);
      expect(succeed('node', ['-p', '"node-" + process.versions.node'], folder, env).trim()).toBe(name);

      const clone = cloneFor(node);
      expect(succeed('npm', ['start'], clone, env)).toContain('query-status');

      const main = join(clone, 'dist/cli/main.js');
      const work = join(folder, `work-${name}`);
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
    300_000,
  );
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
