import { expect, test } from 'vitest';
import { run } from '../../../support/process.js';

test('a path has no need of it', async () => {
  const { code, stderr } = await run(['attach', '/nowhere/qmp.sock', '--own-monitor']);
  expect(code).toBe(2);
  expect(stderr).toBe(
    'qmptap: --own-monitor: it is for a libvirt domain; leave it out; clients of other servers come and go\n',
  );
});
