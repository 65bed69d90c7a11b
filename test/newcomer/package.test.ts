/**
 * The package, as npm makes it of a clone, and as it works once it is installed, with nothing of the
 * repository beside it. In the lab npm installs it in truth, which compiles the database.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PtyScreen } from '../support/pty-screen.js';
import { cloneRepository, ownEnvironment, succeed } from './clone.js';

let folder: string;
let clone: string;
let packed: string;
/** Where `npm install -g` put it. */
let installed: string;
let program: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'qmptap-package-'));
  clone = join(folder, 'clone');
  cloneRepository(clone);
  succeed('npm', ['pack'], clone);
  const [name = ''] = readdirSync(clone).filter((file) => file.endsWith('.tgz'));
  packed = join(clone, name);
  const prefix = join(folder, 'prefix');
  installed = join(prefix, 'lib/node_modules/qmptap');
  program = join(prefix, 'bin/qmptap');
  mkdirSync(join(prefix, 'bin'), { recursive: true });
  if (process.env.QMPTAP_LAB === 'required') {
    const flags = ['--prefer-offline', '--no-audit', '--no-fund'];
    succeed('npm', ['install', '-g', '--prefix', prefix, ...flags, packed], folder);
  } else {
    mkdirSync(installed, { recursive: true });
    succeed('tar', ['xzf', packed, '--strip-components=1', '-C', installed], folder);
    symlinkSync(resolve('node_modules'), join(installed, 'node_modules'));
    symlinkSync(join(installed, 'dist/cli/main.js'), program);
  }
}, 400_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('npm pack builds a clone, and puts in what a user needs and nothing else', () => {
  const files = succeed('tar', ['tzf', packed], folder).trim().split('\n');
  const others = files.filter((file) => !/^package\/dist\/(?:.*\.js|man\/[\w-]+\.1)$/.test(file));
  const types = others.filter((file) => /^package\/dist\/.*\.d\.ts$/.test(file));
  expect(others.filter((file) => !types.includes(file)).sort()).toEqual(
    [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'package.json',
      'recordings/demo.qmptap',
      'src/store/FORMAT.md',
      'docs/pictures/terminal-ui.svg',
      ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.md'))
        .map((name) => `docs/${name}`),
    ]
      .map((file) => `package/${file}`)
      .sort(),
  );
  expect(types).toContain('package/dist/index.d.ts');
  expect(types.filter((file) => /dist\/(cli|tui)\//.test(file))).toEqual([]);
});

test('what package.json names is there', () => {
  const described = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Described;
  const library = described.exports['.'] ?? {};
  // Whoever imports takes the first that it knows, so types come before what runs.
  expect(Object.keys(library)).toEqual(['types', 'default']);
  const named = [library, described.imports, described.bin].flatMap((all) => Object.values(all));
  expect(named).toHaveLength(6);
  const files = [...named, ...described.man];
  for (const file of files) expect(existsSync(join(installed, file))).toBe(true);
});

interface Described {
  exports: Record<string, Record<string, string>>;
  imports: Record<string, string>;
  bin: Record<string, string>;
  man: string[];
}

test('the command records, shows, completes', () => {
  const run = (...args: string[]): string => succeed(program, args, folder);
  expect(run('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  run('demo', '-o', 'demo.qmptap');
  expect(run('show', 'demo.qmptap', 'cmd:query-status')).toMatch(/-> .*"query-status"[^]*<- .*"return"/);
  writeFileSync(join(folder, 'client.mjs'), client);
  const record = `'${program}' record -l ./tap.sock -c "$QMPTAP_ADDRESS" -o tap.qmptap --exec -- node client.mjs`;
  run('replay', 'server', 'demo.qmptap', '--match', 'content', '--exec', '--', 'sh', '-c', record);
  expect(run('show', 'tap.qmptap')).toMatch(/-> .*qmp_capabilities[^]*<- .*"return"/);
  expect(run('completion', 'bash')).toContain('complete -F');
});

/** Waits for the greeting, says one thing, and waits for the answer. */
const client = `
import { once } from 'node:events';
import { connect } from 'node:net';

const socket = connect(process.env.QMPTAP_ADDRESS.replace('unix:', ''));
await once(socket, 'data');
socket.write('{"execute":"qmp_capabilities"}');
await once(socket, 'data');
socket.destroy();
`;

test('the terminal UI starts', async () => {
  const screen = new PtyScreen(program, ['ui', join(installed, 'recordings/demo.qmptap')]);
  await screen.shows('query-status');
  screen.type('Q');
  expect((await screen.ended).exitCode).toBe(0);
});

test('the library is typed for who checks strictly, and runs', () => {
  const consumer = join(installed, '../../consumer');
  mkdirSync(consumer);
  writeFileSync(join(consumer, 'package.json'), '{"type":"module"}');
  writeFileSync(
    join(consumer, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        strict: true,
        skipLibCheck: false,
        module: 'nodenext',
        target: 'es2022',
        lib: ['es2023', 'esnext.disposable'],
        types: ['node'],
        typeRoots: [resolve('node_modules/@types')],
      },
    }),
  );
  writeFileSync(join(consumer, 'index.ts'), library);
  succeed(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', '.'], consumer);
  const env = ownEnvironment({ RECORDING: join(installed, 'recordings/demo.qmptap') });
  expect(succeed(process.execPath, ['index.js'], consumer, env)).toBe('QEMU 7.2.22, 1 success\n');
});

/** Uses what the README names. */
const library = `
import { collectStories, openRecording, parseFilter, record, replayServer, type Message, type Session } from 'qmptap';
import { once } from 'node:events';
import { connect } from 'node:net';

const recording = openRecording(process.env['RECORDING'] ?? '');
const session: Session | undefined = recording.sessions()[0];
collectStories(recording);
await using qemu = await replayServer(recording, { match: 'content' });
const output = './taken.qmptap';
const tap = await record({ listen: './tap.sock', connect: qemu.address, output });
const client = connect(tap.address.replace('unix:', ''));
await once(client, 'data');
client.write('{"execute":"qmp_capabilities"}');
await once(client, 'data');
client.destroy();
await tap.stop();
const found: Message[] = [...openRecording(output).messages({ where: parseFilter('kind:success') })];
console.log(\`QEMU \${session?.version?.qemu ?? ''}, \${found.length} \${found[0]?.kind ?? ''}\`);
`;

test('npm install -g . in a clone builds it and gives the command', () => {
  rmSync(join(clone, 'dist'), { recursive: true });
  const prefix = join(folder, 'own');
  succeed('npm', ['install', '-g', '--prefix', prefix, '.'], clone);
  expect(succeed(join(prefix, 'bin/qmptap'), ['ls', 'recordings'], clone)).toContain('demo.qmptap');
});
