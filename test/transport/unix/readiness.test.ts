import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { start } from '../../support/process.js';

/** In a process of its own: here other events would run what is left waiting. */
test('promises and ticks that a wakeup leaves behind are run', async () => {
  const node = start(process.execPath, [resolve('test/fixtures/wakeups.mjs'), resolve('dist'), '300']);
  expect(await node.ended, node.stderr()).toBe(0);
});
