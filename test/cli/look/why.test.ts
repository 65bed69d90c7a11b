import { expect, test } from 'vitest';
import { run } from '../../support/process.js';

test('qmptap why: text, JSON, and 3 where --fail-on is reached', async () => {
  const text = await run(['why', 'recordings/demo.qmptap', '--fail-on', 'error']);
  expect(text.stdout).toMatch(/^warning {2}device_add was refused: /);
  expect(text.stdout).toContain("qmptap show recordings/demo.qmptap 'session:1 cmd:device_add kind:error'");
  expect(text.code).toBe(0);
  const json = await run(['why', 'recordings/demo.qmptap', '--json', '--fail-on', 'warning']);
  expect(JSON.parse(json.stdout)).toMatchObject({ type: 'finding', kind: 'error-responses', seqs: [20] });
  expect(json.code).toBe(3);
});

test('several recordings, and one in which nothing went wrong', async () => {
  const { stdout, code } = await run(['why', 'recordings/libvirt.qmptap', 'recordings/schema.qmptap']);
  expect(stdout).toMatch(/^nothing found that went wrong: \d+ messages in 2 sessions\n$/);
  expect(code).toBe(0);
});
