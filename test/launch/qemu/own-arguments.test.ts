import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lastArguments, withOriginals } from '../../../src/launch/qemu/own-arguments.js';

const latin1 = (words: readonly Uint8Array[]): string[] =>
  words.map((word) => Buffer.from(word).toString('latin1'));

test('arguments are had as the bytes that they came as', () => {
  const module = join(process.cwd(), 'dist/launch/qemu/own-arguments.js');
  const code = `import { lastArguments } from ${JSON.stringify(module)};
    const words = process.argv.slice(2);
    console.log(lastArguments(words).map((word) => Buffer.from(word).toString('hex')).join());`;
  const command = `exec "$0" --input-type=module -e "$1" -- x '' "$(printf 'caf\\351')" "$(printf '\\303\\251')"`;
  const hex = execFileSync('sh', ['-c', command, process.execPath, code], { encoding: 'utf8' }).trim();
  expect(hex).toBe(['', '636166e9', 'c3a9'].join());
});

test('words that are not ours, or are UTF-8, are encoded', () => {
  expect(latin1(lastArguments(['a', 'é']))).toEqual(['a', 'Ã©']);
  expect(latin1(lastArguments(['\ufffd']))).toEqual(['ï¿½']);
});

test('a word that was changed is new, the others are as they came', () => {
  const originals = [Buffer.of(0x61), Buffer.of(0xe9)];
  expect(latin1(withOriginals(['b', '\ufffd'], ['a', '\ufffd'], originals))).toEqual(['b', '\xe9']);
});
