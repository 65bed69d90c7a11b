import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { throughProgram } from '../../../src/cli/share/unpack.js';

async function unpacked(program: readonly string[]): Promise<string> {
  let text = '';
  for await (const piece of throughProgram(Readable.from([Buffer.from('abc')]), program, 'a.xz'))
    text += piece.toString();
  return text;
}

test('the bytes go through the program', async () => {
  expect(await unpacked(['tr', 'a-c', 'A-C'])).toBe('ABC');
});

test('a program may take its time to exit after its last byte', async () => {
  const busy = 'cat; exec >&-; i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done';
  expect(await unpacked(['sh', '-c', busy])).toBe('abc');
});

test('a program that fails or is missing is one line', async () => {
  await expect(unpacked(['sh', '-c', 'cat >&2; exit 1'])).rejects.toThrow('a.xz: abc');
  await expect(unpacked(['qmptap-no-such-program'])).rejects.toThrow(
    'a.xz: unpacking it needs the program qmptap-no-such-program',
  );
});
