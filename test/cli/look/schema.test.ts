import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testFolder } from '../../support/folder.js';
import { run } from '../../support/process.js';
import { recordingFile } from '../../support/recording-file.js';
import { entries } from '../../support/schema.js';
import { boot } from './jobs.js';

const schema = (list: readonly object[]): string[] => [
  '-> {"execute":"query-qmp-schema"}',
  `<- ${JSON.stringify({ return: list })}`,
];

describe('qmptap schema', () => {
  test('lists, describes, compares', async () => {
    const folder = testFolder();
    const a = await recordingFile(join(folder, 'a.qmptap'), schema(entries));
    const b = await recordingFile(
      join(folder, 'b.qmptap'),
      schema(entries.filter((entry) => !('arg-type' in entry && entry['arg-type'] === '4'))),
    );
    expect((await run(['schema', a])).stdout).toContain('command old (deprecated)\n');
    expect((await run(['schema', a, 'device_add'])).stdout).toContain('    driver: str\n');
    expect(JSON.parse((await run(['schema', a, 'device_add', '--json'])).stdout)).toMatchObject({
      name: 'device_add',
    });
    expect(JSON.parse((await run(['schema', a, '--json'])).stdout)).toMatchObject({ type: 'schema' });
    expect(await run(['schema', a, 'device_ad'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("did you mean 'device_add'?") as string,
    });
    expect(await run(['schema', 'diff', a, a])).toMatchObject({ code: 0, stdout: '' });
    expect(await run(['schema', 'diff', a, b])).toMatchObject({
      code: 3,
      stdout: '- command blockdev-add\n',
    });
    const json = await run(['schema', 'diff', a, b, '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ same: false, removed: { commands: ['blockdev-add'] } });
  });

  test('says where there is none', async () => {
    const file = await recordingFile(join(testFolder(), 'a.qmptap'), boot);
    expect(await run(['schema', file])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('it holds no answer to query-qmp-schema') as string,
    });
  });
});
