import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from '../../support/folder.js';
import { run } from '../../support/process.js';

test('qmptap demo plays a recorded QEMU, records it, and says what to type next', async () => {
  const file = join(testFolder(), 'demo.qmptap');
  const { code, stdout, stderr } = await run(['demo', '-o', file]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/<- .*"QMP"[^]*-> .*query-status[^]*<- .*"SHUTDOWN"/);
  expect(stderr).toMatch(new RegExp(`messages; they are in ${file}`));
  const shown = /qmptap (show .*)/.exec(stderr)?.[1]?.split(' ') ?? [];
  expect((await run(shown)).stdout).toMatch(/-> .*query-/);
  expect((await run(['check', file])).code).toBe(0);
});

test('qmptap demo ends where its output exists, and leaves it alone', async () => {
  const file = join(testFolder(), 'demo.qmptap');
  writeFileSync(file, 'precious');
  const { code, stderr } = await run(['demo', '-o', file]);
  expect(stderr).toMatch(/^qmptap: .*exists already/);
  expect(code).toBe(1);
  expect(readFileSync(file, 'utf8')).toBe('precious');
});
