/** Every example in the help of every command is run as it is written. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDisk } from '../support/libvirt.js';
import { labTest } from '../support/programs.js';
import { until } from '../support/until.js';
import { helpTexts } from './help-texts.js';
import { fillFiles, fillRecordings, Place, type Ran } from './place.js';
import { examplesOf } from './shown.js';

/** What stands for what a newcomer's machine has, or for what a test must not touch. */
const standIns: readonly (readonly [string | RegExp, string])[] = [
  [/\/tmp\/(?=\w+\.sock)/g, './'],
  ['/run/vm/qmp.sock', './vm.sock'],
  ['tcp:127.0.0.1:4444', './vm.sock'],
  [/tcp:444[45]/g, 'tcp:127.0.0.1:0'],
  ['/tmp/state', './state'],
  ['/usr/local/bin/', './'],
  ['/var/lib/libvirt/qmptap', './recorded'],
  ['/var/log/libvirt/', './'],
  ['journalctl --all -u libvirtd', 'cat libvirtd.log'],
  ['~/.config/fish/completions/', './'],
  ['diff boot.qmptap boot.qmptap', 'diff twice.qmptap twice.qmptap'],
  ['-o boot.qmptap', '-o new.qmptap --force'],
];

const notRun: Readonly<Record<string, string>> = {
  'qmptap doctor web1': 'needs a VM of the system’s libvirt; run with the README’s chapter on libvirt',
  'qmptap doctor --connect qemu:///session web1': 'would start a libvirt of the user’s own',
};

type Rule = (place: Place, command: string) => Promise<Ran>;

const toItsEnd: Rule = (place, command) => place.run(command);

const quit = `echo '{"execute":"qmp_capabilities"}{"execute":"quit"}'`;

/** How it is run, and the exit codes that it may have; else to its end, which is 0. */
const rules: readonly (readonly [pattern: RegExp, rule: Rule, ...codes: (number | string)[]])[] = [
  [/^qmptap ui live/, (place, command) => place.draw(command, ['live.qmptap', 'Q'])],
  [/^qmptap ui boot/, (place, command) => place.draw(command, ['query-status', 'Q'])],
  [/ --ui$/, (place, command) => place.draw(command, ['? keys', 'Q'], ['the recording goes on', '\x03']), 130],
  [/^qmptap (?:record|replay server) (?!.*--exec)/, (place, command) => place.interrupt(command), 130],
  [/ --follow/, (place, command) => place.run(`timeout --preserve-status -s INT 2 ${command}`), 130],
  [/^qmptap diff twice/, toItsEnd, 3],
  [/^qmptap replay client (?!.*--dry-run)/, toItsEnd, 0, 3],
  [/^qmptap doctor /, toItsEnd, 0, 1],
  [/ zsh\)$/, (place, command) => place.run(`zsh -fc 'autoload -Uz compinit; compinit -u -D; ${command}'`)],
  [/ -qmp stdio$/, (place, command) => place.run(`${quit} | ${command}`)],
  [/^qmptap run /, (place, command) => {
    const client = `until [ -S qmp.sock ]; do sleep 0.05; done; ${quit} | socat -t9 - ./qmp.sock`;
    return place.run(`(${client}) & ${command}; code=$?; wait; exit $code`);
  }],
]; // prettier-ignore

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
      let line = example;
      for (const [from, to] of standIns) line = line.replaceAll(from, to);
      const [, rule = toItsEnd, ...codes] = rules.find(([pattern]) => pattern.test(line)) ?? [];
      const { code, output } = await rule(place, line);
      expect({ code: codes.some((one) => one === code) ? 0 : code, output }).toEqual({ code: 0, output });
      expect(output).not.toMatch(/internal error|^\s+at /m);
    });
  }
});
