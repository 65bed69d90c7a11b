/** A Node that cannot run qmptap is refused by its version. test/lab/nodes.test.ts has real ones. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('a Node that is too old is refused in one line, before anything else is loaded', () => {
  const asIf = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.8' } })`;
  const start = ['--import', `data:text/javascript,${asIf}`, 'dist/cli/main.js', '--version'];
  const { status, stdout, stderr } = spawnSync(process.execPath, start, { encoding: 'utf8' });
  expect(stderr).toMatch(/^qmptap: Node 18\.20\.8: .*\n$/);
  expect(stdout).toBe('');
  expect(status).toBe(1);
});
