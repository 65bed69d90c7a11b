import { once } from 'node:events';
import { expect, test } from 'vitest';
import { startQemu } from '../../../src/launch/qemu/qemu-process.js';

const common = { inputTaken: false, inherited: [] };

test("where the terminal is somebody else's, the output is for us to read", async () => {
  const command = ['sh', '-c', 'echo out; echo err >&2; exit 3'].map((word) => Buffer.from(word));
  const child = await startQemu({ ...common, command, aside: true });
  const [out, err] = await Promise.all([
    child.stdout!.setEncoding('utf8').toArray(),
    child.stderr!.setEncoding('utf8').toArray(),
    once(child, 'exit'),
  ]);
  expect([out.join(''), err.join(''), child.exitCode]).toEqual(['out\n', 'err\n', 3]);
});

test("a program that is not there is an error of the user's", async () => {
  const command = [Buffer.from('no-such-qemu')];
  await expect(startQemu({ ...common, command, aside: true })).rejects.toThrow(
    'run no-such-qemu: there is no such program',
  );
});
