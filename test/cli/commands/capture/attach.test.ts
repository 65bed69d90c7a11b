import { expect, test } from 'vitest';
import { run } from '../../../support/process.js';

test.each([
  [[], /attach to what\?/],
  [['--pid', 'x'], /not the ID of a process/],
  [['/none', '--restart-daemon'], /--restart-daemon: it is for a libvirt domain/],
  [['/none', '--json', '--quiet'], /contradict/],
])('%j: one line, exit code 2', async (words, message) => {
  const { code, stderr } = await run(['attach', ...words]);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
});
