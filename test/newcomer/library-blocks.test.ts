/** The examples of the library in docs/ run, and print what they say. */
import { expect, test } from 'vitest';
import { succeed } from './clone.js';
import { blocksIn } from './documents.js';

/** The JavaScript and TypeScript of a page, a block each. */
function examplesIn(page: string): string[] {
  return blocksIn(page)
    .filter(({ language }) => language === 'js' || language === 'ts')
    .map(({ text }) => text);
}

test('docs/library.md', () => {
  const [list = ''] = examplesIn('docs/library.md');
  expect(module(list.replaceAll('boot.qmptap', 'recordings/demo.qmptap'))).toBe('20 device_add\n');
});

test('docs/replay-and-tests.md', () => {
  const [inTest = '', script = '', ...others] = examplesIn('docs/replay-and-tests.md');
  expect(others).toEqual([]);
  const runner = 'const test = async (name, body) => { await body(); console.log(name); };';
  expect(module(`${addDisk}${runner}\n${inTest}`)).toBe('a disk is added\n');
  const talk =
    "await ask(qemu.address, 'query-status', 'stop', 'quit'); await qemu.verify(); await qemu.stop(); console.log('as written');";
  expect(module(`import { replayServer } from 'qmptap';\n${addDisk}${script}\n${talk}`)).toBe('as written\n');
});

/** The code under test: sends commands, each once the one before is answered. */
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

test('a line of show --json has the members that docs/reference.md shows', () => {
  const { text = '{}' } = blocksIn('docs/reference.md').find(({ language }) => language === 'json') ?? {};
  const show = ['dist/cli/main.js', 'show', '--json', 'recordings/demo.qmptap'];
  const [, line = '{}'] = succeed(process.execPath, show, '.')
    .split('\n')
    .filter((one) => one.includes('"kind":"command"'));
  expect(Object.keys(JSON.parse(line) as object)).toEqual(Object.keys(JSON.parse(text) as object));
});
