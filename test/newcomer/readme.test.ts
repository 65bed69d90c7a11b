/**
 * The README, as a newcomer follows it: in a clone, every command as it is written and in its order, with a
 * real QEMU; and what is printed is what the README shows. Its chapter on libvirt has a test of its own.
 */
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { labTest } from '../support/programs.js';
import { type Running, start } from '../support/process.js';
import { until } from '../support/until.js';
import { cloneRepository, succeed } from './clone.js';
import { environmentOf, fillFiles, Place, type Ran } from './place.js';
import { type Block, blocksOf, commandsOf, missing, type ShownCommand } from './shown.js';

const blocks = blocksOf(readFileSync('README.md', 'utf8')).filter(
  ({ chapter }) => chapter !== 'Under libvirt',
);
const shells = ['console', 'sh', ''];

/** Blocks without commands that nothing runs, by how they begin. */
const pictures: readonly (readonly [begins: string, reason: string])[] = [
  [' libvirt, or any client', 'a drawing'],
  [' qmptap  boot.qmptap  LIVE', 'a QEMU that mirrors a disk: test/lab/ui.test.ts looks at such a screen'],
  ['device removal virtio-disk1', 'a machine with a guest: test/inspect/stories-text.test.ts'],
  ['~    #820', 'two machines with libvirt: test/lab/inspect-libvirt.test.ts'],
  ['# session 1', 'compared with what the recorder before it prints'],
];

const notRun: readonly (readonly [command: string, reason: string])[] = [
  ['npm test', 'this is a part of it'],
];

/** What the README puts into the system's folders goes into the clone. */
const standIns: readonly (readonly [there: string, here: string])[] = [
  ['/var/log/libvirt/', './'],
  ['/var/lib/libvirt/qmptap', './recorded'],
  ['/usr/local/bin/', './'],
];

const notCompared: readonly (readonly [command: string, reason: string])[] = [
  ['qmptap schema diff', 'its two QEMUs are not both here'],
  ['python3', 'the recorder beside it prints what it says'],
];

let place: Place;
let qemu: Running | undefined;

async function startQemu(machine: string): Promise<void> {
  if (qemu?.child.exitCode === null) return;
  const line = machine.replace(/ &$/, '');
  qemu = start('bash', ['-c', `exec ${line}`], { cwd: place.folder, env: place.env });
  await until('QEMU to listen', async () => (await place.run('[ -S qmp.sock ]')).code === 0);
}

const machine =
  commandsIn(blocks).find(({ command }) => command.startsWith('qemu-system'))?.command ??
  'the README starts no QEMU';

type Rule = (command: string) => Promise<Ran>;

const shown = (command: string): Promise<Ran> => place.run(command);

/** What is not simply run to its end, and the code where it is not 0. */
const rules: readonly (readonly [pattern: RegExp, rule: Rule, code?: number])[] = [
  [/^npm start$/, async (command) => {
    expect(await place.run(command)).toMatchObject({ code: 0 });
    return place.draw(command, [/What to type next/, '']);
  }],
  [/^qemu-system/, async (command) => {
    await startQemu(command);
    return { code: 0, output: '' };
  }],
  [/^qmptap record .* -o boot\.qmptap$/, (command) =>
    place.interrupt(command, async () => {
      const client = commandsIn(blocks).find((other) => other.command.startsWith('QMPTAP_ADDRESS='))?.command ?? '';
      expect(await place.run(client)).toEqual({ code: 0, output: '' });
    }), 130],
  [/^qmptap record .*--max-size/, (command) => place.interrupt(command), 130],
  [/^QMPTAP_ADDRESS=/, () => Promise.resolve({ code: 0, output: '' })],
  [/^qmptap record .*--exec/, async (command) => {
    await startQemu(machine);
    return place.run(command);
  }],
  [/^qmptap record .*--ui/, async (command) => {
    await startQemu(machine);
    return place.draw(command, ['? keys', 'Q'], ['Ctrl-C ends', '\x03']);
  }, 130],
  [/^qmptap ui live/, (command) => place.draw(command, ['live.qmptap', 'Q'])],
  [/^qmptap ui/, (command) => place.draw(command, ['query-status', 'Q'])],
  [/cdm:quit$/, shown, 2],
  [/^qmptap replay server .*--listen/, async (command) => {
    await endQemu();
    return place.interrupt(command);
  }, 130],
  [/client\.py$/, shown, 3],
  [/^qmptap replay client/, async (command) => {
    await endQemu();
    await startQemu(machine.replace('-machine pc', '-machine q35'));
    return place.run(command);
  }, 3],
]; // prettier-ignore

async function endQemu(): Promise<void> {
  qemu?.signal('SIGTERM');
  await qemu?.ended;
}

function commandsIn(all: readonly Block[]): ShownCommand[] {
  return all.filter(({ language }) => shells.includes(language)).flatMap(commandsOf);
}

labTest(
  'qemu-system-x86_64',
  'python3',
  'socat',
  'jq',
)(
  'every command runs as it is written, and prints what is shown',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qmptap-readme-'));
    const clone = join(folder, 'clone');
    onTestFinished(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    cloneRepository(clone);
    fillFiles(clone, ['probe.qmptap', 'qemu-7.2.qmptap', 'qemu-10.0.qmptap']);
    copyFileSync('recordings/demo.qmptap', join(clone, 'live.qmptap'));
    place = new Place(clone, environmentOf(clone, join(clone, 'dist/cli/main.js')));
    onTestFinished(endQemu);
    let last: Ran = { code: 0, output: '' };
    for (const [index, block] of blocks.entries()) {
      if (!shells.includes(block.language)) continue;
      for (const { line, command, output } of commandsOf(block)) {
        if (notRun.some(([other]) => command === other)) continue;
        const [, rule = shown, code = 0] = rules.find(([pattern]) => pattern.test(command)) ?? [];
        const where = `README.md:${String(line)}: ${command}`;
        const here = standIns.reduce((text, [from, to]) => text.replaceAll(from, to), command);
        const ran = command === 'echo $?' ? { code: 0, output: String(last.code) } : await rule(here);
        expect({ where, code: ran.code, output: ran.output }).toEqual({ where, code, output: ran.output });
        if (!notCompared.some(([begins]) => command.startsWith(begins))) {
          const lacks = [
            missing(output, ran.output),
            // The client does not wait for the greeting, so either may come first.
            ...(command.startsWith('qmptap record') ? pictureAfter(index) : []).map((one) =>
              missing([one], ran.output),
            ),
          ].filter((one) => one !== undefined);
          expect({ where, lacks, in: ran.output }).toEqual({ where, lacks: [], in: ran.output });
        }
        last = ran;
      }
    }
  },
  400_000,
);

/** What a recorder prints, which is shown a little later. */
function pictureAfter(index: number): string[] {
  const next = blocks.slice(index, index + 3).find(({ text }) => text.startsWith('# session 1'));
  return next?.text.split('\n') ?? [];
}

test('every other block is a picture, or is run below', () => {
  const others = blocks.filter(({ language }) => !shells.includes(language));
  const unknown = others.filter(
    ({ language, text }) =>
      !['js', 'ts', 'json'].includes(language) && !pictures.some(([begins]) => text.startsWith(begins)),
  );
  expect(unknown).toEqual([]);
  expect(others.filter(({ language }) => language === 'ts')).toHaveLength(2);
  for (const [begins] of pictures) expect(others.some(({ text }) => text.startsWith(begins))).toBe(true);
  const commands = commandsIn(blocks);
  for (const [begins] of [...notRun, ...notCompared]) {
    expect(commands.filter(({ command }) => command.includes(begins))).not.toEqual([]);
  }
});

test('the examples of the library run', () => {
  const [list = '', inTest = '', script = ''] = blocks
    .filter(({ language }) => language === 'js' || language === 'ts')
    .map(({ text }) => text);
  expect(module(list.replaceAll('boot.qmptap', 'recordings/demo.qmptap'))).toBe('20 device_add\n');
  expect(
    module(`${addDisk}const test = async (name, body) => { await body(); console.log(name); };\n${inTest}`),
  ).toBe('a disk is added\n');
  const talk =
    "await ask(qemu.address, 'query-status', 'stop', 'quit'); await qemu.verify(); await qemu.stop(); console.log('as written');";
  expect(module(`import { replayServer } from 'qmptap';\n${addDisk}${script}\n${talk}`)).toBe('as written\n');
});

/** Whoever is tested: sends commands, each once the one before is answered. */
const addDisk = `
import { once } from 'node:events';
import { connect } from 'node:net';
const ask = async (address, ...commands) => {
  const socket = connect(address.replace('unix:', ''));
  await once(socket, 'data');
  for (const command of ['qmp_capabilities', ...commands]) {
    socket.write(command.startsWith('{') ? command : JSON.stringify({ execute: command }));
    for (let said = ''; !/"(return|error)"/.test(said); ) said += String(await once(socket, 'data'));
  }
  socket.destroy();
};
const addDisk = (address, node) => ask(address,
  JSON.stringify({ execute: 'device_add', arguments: { driver: 'virtio-blk-pci', drive: node, id: 'vd0' } }));
`;

function module(text: string): string {
  return succeed(process.execPath, ['--input-type=module', '-e', text], '.');
}

test('a line of show --json has the members that are shown', () => {
  const { text = '{}' } = blocks.find(({ language }) => language === 'json') ?? {};
  const [, line = '{}'] = succeed(
    process.execPath,
    ['dist/cli/main.js', 'show', '--json', 'recordings/demo.qmptap'],
    '.',
  )
    .split('\n')
    .filter((one) => one.includes('"kind":"command"'));
  expect(Object.keys(JSON.parse(line) as object)).toEqual(Object.keys(JSON.parse(text) as object));
});
