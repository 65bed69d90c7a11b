/** How the program ends: exit codes, errors, and outputs that nobody reads. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { run } from '../support/process.js';

test.each([
  [['--version'], 0],
  [['help', 'show'], 0],
  [['show'], 2],
  [['show', 'missing.qmptap'], 1],
])('qmptap %j ends with %i', async (words, code) => {
  expect((await run(words)).code).toBe(code);
});

test('an error is one line, and has a stack only with --debug', async () => {
  const plain = await run(['show', 'missing.qmptap']);
  expect(plain.stderr).toMatch(/^qmptap: missing\.qmptap: .*\n$/);
  const debug = await run(['--debug', 'show', 'missing.qmptap']);
  expect(debug.stderr).toMatch(/\n {4}at /);
});

test('a reader that has seen enough is not an error', () => {
  const command =
    'node dist/cli/main.js show --pretty recordings/schema.qmptap | head -n 1; exit ${PIPESTATUS[0]}';
  const { status, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('a full device as standard output is an error', () => {
  const command = 'node dist/cli/main.js show recordings/schema.qmptap --json > /dev/full';
  const { status, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^qmptap: standard output: /);
});
