import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testFolder } from '../../support/folder.js';
import { run } from '../../support/process.js';
import { recordingFile } from '../../support/recording-file.js';
import { boot } from './jobs.js';

describe('qmptap stats', () => {
  test('text and JSON, of several recordings and with a filter', async () => {
    const folder = testFolder();
    const a = await recordingFile(join(folder, 'a.qmptap'), boot);
    const b = await recordingFile(join(folder, 'b.qmptap'), boot, boot);
    const text = await run(['stats', a]);
    expect(text.stderr).toBe('');
    expect(text.stdout).toMatch(/^1 session, 5 messages/);
    expect(text.stdout).toMatch(/^query-status +1 +1\.0ms/m);
    const json = await run(['stats', a, b, 'cmd:query-*', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      type: 'statistics',
      recordings: [a, b],
      sessions: 3,
      commands: [{ name: 'query-status', count: 3, p50Us: 1000 }],
    });
  });

  test('points at what is wrong in a filter', async () => {
    const { code, stderr } = await run(['stats', 'x.qmptap', 'kind:error', 'cdm:x']);
    expect(stderr).toBe(
      "qmptap: filter: no term is called 'cdm'; did you mean 'cmd'?\n  kind:error cdm:x\n             ^\n",
    );
    expect(code).toBe(2);
  });
});

test('qmptap stats finds a session in any file of a series', async () => {
  const folder = testFolder();
  const one = await recordingFile(join(folder, 'a.qmptap'), boot);
  const two = await recordingFile(join(folder, 'b.qmptap'), boot, boot);
  const { stdout, code } = await run(['stats', one, two, '--session', '2']);
  expect(stdout).toMatch(/^1 session, 5 messages/);
  expect(code).toBe(0);
});
