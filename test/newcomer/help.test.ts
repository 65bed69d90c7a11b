/** Every example in the help of every command is run as it is written. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDisk } from '../support/libvirt.js';
import { labTest } from '../support/programs.js';
import { until } from '../support/until.js';
import { helpTexts } from './help-texts.js';
import { fillFiles, fillRecordings, Place } from './place.js';
import { inThisPlace, runShown } from './running.js';
import { examplesOf } from './shown.js';

/** Besides what `running.ts` puts elsewhere. */
const standIns: readonly (readonly [string | RegExp, string])[] = [
  ['/run/vm/qmp.sock', './vm.sock'],
  ['tcp:127.0.0.1:4444', './vm.sock'],
  ['diff boot.qmptap boot.qmptap', 'diff twice.qmptap twice.qmptap'],
  ['-o boot.qmptap', '-o new.qmptap --force'],
  [
    'journalctl --all -f -u virtqemud | qmptap import - -o live.qmptap',
    'cat libvirtd.log | qmptap import - -o followed.qmptap',
  ],
];

const notRun: Readonly<Record<string, string>> = {
  'qmptap doctor web1': 'needs a VM of the system’s libvirt; run with docs/libvirt-and-hosts.md',
  'qmptap attach web1 --restart-daemon --ui': 'restarts the libvirt of the machine; test/lab/attach.test.ts',
  'qmptap attach web1 --log --json': 'changes how the libvirt of the machine logs; test/lab/attach.test.ts',
  'qmptap attach --pid 4711 --json': 'needs that process; test/cli/capture/attach.test.ts',
  'qmptap host': 'takes the sockets of all VMs of the machine; test/cli/capture/host/host.test.ts',
  "qmptap host --recordings /srv/qmp --keep 10 --max-size 100M --exclude 'test-*'": 'the same',
  "qmptap host --watch '/run/vm/*/qmp.sock' --json": 'the same',
  'qmptap host leave': 'needs a host that runs; test/cli/capture/host/host.test.ts',
  'qmptap host install --keep 10 --max-size 100M':
    'changes the machine; test/cli/capture/host/host-install.test.ts',
  'qmptap host uninstall': 'the same',
  'qmptap host leave --recordings /srv/qmp': 'the same',
  'qmptap emulator /opt/tap/qemu --for-root ./image --qemu /usr/libexec/qemu-kvm --recordings /opt/tap/recordings':
    'needs an image with Node and qmptap; test/launch/emulator/other-root.test.ts',
  'qmptap doctor --connect qemu:///session web1': 'would start a libvirt of the user’s own',
};

/** Exit codes of commands that find a difference. */
const codes: readonly (readonly [RegExp, ...number[]])[] = [
  [/^qmptap diff twice/, 3],
  [/^qmptap check .*--rules/, 0, 3],
  [/^qmptap why .*--fail-on/, 0, 3],
  [/^qmptap diff .*--first/, 0, 3],
  [/^qmptap replay client (?!.*--dry-run)/, 0, 3],
];

const needs: readonly (readonly [RegExp, string])[] = [
  [/qmptap run /, 'qemu-system-x86_64'],
  [/qmptap emulator .*--qemu/, 'qemu-system-x86_64'],
  [/\bjq\b/, 'jq'],
  [/pytest/, 'python3'],
  [/client\.py/, 'python3'],
  [/ zsh\)/, 'zsh'],
  [/socat/, 'socat'],
];

const texts = helpTexts();
const examples = [...texts].flatMap(([command, help]) =>
  examplesOf(help).map((example) => [command, example] as const),
);

let folder: string;
let place: Place;
const servers: ChildProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'qmptap-help-'));
  place = new Place(folder);
  const named = [...examples.flatMap(([, example]) => example.match(/[\w.-]+\.qmptap/g) ?? [])];
  const made = new Set([
    'boot.qmptap',
    'save.qmptap',
    'live.qmptap',
    ...examples.flatMap(([, line]) => madeBy(line)),
  ]);
  fillFiles(
    folder,
    named.filter((name) => !made.has(name)),
  );
  await fillRecordings(folder);
  for (const name of ['recordings', 'recorded']) mkdirSync(join(folder, name));
  copyFileSync('recordings/demo.qmptap', join(folder, 'recordings', 'demo.qmptap'));
  await createDisk(join(folder, 'vm.qcow2')).catch(() => undefined);
  await serve('replay', 'server', 'boot.qmptap', '-l', './vm.sock', '--match', 'content', '--keep');
  await serve('record', '-l', './live.sock', '-c', './vm.sock', '-o', 'live.qmptap');
});

afterAll(async () => {
  for (const server of servers) {
    const ended = once(server, 'exit');
    if (server.exitCode === null) {
      server.kill('SIGINT');
      await ended;
    }
  }
  rmSync(folder, { recursive: true, force: true });
});

async function serve(...words: string[]): Promise<void> {
  const server = spawn('qmptap', words, { cwd: folder, env: place.env, stdio: ['ignore', 'ignore', 'pipe'] });
  servers.push(server);
  let said = '';
  server.stderr.on('data', (data: Buffer) => (said += data.toString()));
  await until(`a server: ${said}`, () => said.includes('Ctrl-C ends'));
}

/** What a command writes must not be there before it. */
function madeBy(line: string): string[] {
  return Array.from(line.matchAll(/ -o ([\w.-]+)/g), ([, name = '']) => name).filter(
    (name) => name !== 'boot.qmptap',
  );
}

describe('the help of every command', () => {
  test.each([...texts].filter(([command]) => command !== '' && command !== 'replay'))(
    '%s has an example',
    (_, help) => {
      expect(examplesOf(help)).not.toEqual([]);
    },
  );

  test('lists nothing as not run that is not there', () => {
    expect(examples.map(([, example]) => example)).toEqual(expect.arrayContaining(Object.keys(notRun)));
  });

  for (const [command, example] of examples) {
    if (Object.hasOwn(notRun, example)) continue;
    const programs = needs.filter(([pattern]) => pattern.test(example)).map(([, program]) => program);
    labTest(...programs)(`${command}: ${example}`, async () => {
      const line = inThisPlace(example, standIns);
      const [, ...allowed] = codes.find(([pattern]) => pattern.test(line)) ?? [];
      const { code, output } = await runShown(place, line, undefined, allowed);
      expect({ code, output }).toEqual({ code: 0, output });
      expect(output).not.toMatch(/internal error|^\s+at /m);
    });
  }
});
