import { expect, test } from 'vitest';
import { run } from '../../support/process.js';

test('what is never compared is explained', async () => {
  const explained = await run(['replay', 'server', '--explain', '--ignore', '**.mac']);
  expect(explained).toMatchObject({ code: 0, stderr: '' });
  expect(explained.stdout).toMatch(/event \* +timestamp +the time/);
  expect(explained.stdout).toMatch(/everything +\*\*\.mac +--ignore/);
});
