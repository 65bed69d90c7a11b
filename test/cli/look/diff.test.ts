import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testFolder } from '../../support/folder.js';
import { run } from '../../support/process.js';
import { recordingFile } from '../../support/recording-file.js';
import { boot } from './jobs.js';

describe('qmptap diff', () => {
  test('ends with 0 if nothing differs, with 3 if something does', async () => {
    const folder = testFolder();
    const a = await recordingFile(join(folder, 'a.qmptap'), boot);
    const b = await recordingFile(
      join(folder, 'b.qmptap'),
      boot,
      boot.with(1, '<- {"return": {"status": "paused"}, "id": "a-1"}'),
    );
    expect(await run(['diff', a, b, '--session', '1'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('3 of 3 exchanges') as string,
    });
    const found = await run(['diff', a, b, '--session', '1,2']);
    expect(found.code).toBe(3);
    expect(found.stdout).toContain('return.status: "running" | "paused"');
    expect((await run(['diff', a, b, '--session', '1,2', '--ignore', 'return.status'])).code).toBe(0);
    const json = await run(['diff', a, b, '--json']);
    expect(JSON.parse(json.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
      type: 'diff',
      same: false,
      onlyB: [2],
    });
  });

  test('--first tells where one leaves the other', async () => {
    const folder = testFolder();
    const a = await recordingFile(join(folder, 'a.qmptap'), boot);
    const b = await recordingFile(
      join(folder, 'b.qmptap'),
      boot.with(3, '<- {"id": "a-2", "error": {"class": "GenericError", "desc": "no"}}'),
    );
    const found = await run(['diff', a, b, '--first']);
    expect(found.code).toBe(3);
    expect(found.stdout).toContain('a command succeeds in one and fails in the other, device_del');
    const json = await run(['diff', a, b, '--first', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ type: 'first-divergence', sort: 'outcome', a: 3, b: 3 });
    expect((await run(['diff', a, a, '--first'])).code).toBe(0);
  });

  test('says what it cannot read', async () => {
    const file = await recordingFile(join(testFolder(), 'a.qmptap'), boot);
    const bad = await run(['diff', file, file, '--ignore', 'a..b']);
    expect(bad.code).toBe(2);
    expect(bad.stderr).toMatch(/^qmptap: path "a\.\.b".*\n {2}a\.\.b\n {3}\^\n$/);
    expect(await run(['diff', file, file, '--session', 'x'])).toMatchObject({ code: 2 });
  });
});
