import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testFolder } from '../../support/folder.js';
import { run } from '../../support/process.js';
import { recordingFile } from '../../support/recording-file.js';
import { boot } from './boot.js';

describe('qmptap show --explain', () => {
  const schema = 'recordings/schema.qmptap';

  test('gives each member its type', async () => {
    const { stdout, code } = await run(['show', schema, '--explain', '4']);
    expect(stdout).toMatch(/^#4 -> .*query-qmp-schema/);
    expect(code).toBe(0);
    const answered = await run(['show', schema, '--explain', '5']);
    expect(answered.stdout).toMatch(/return\[0\]\.meta-type +.*enum|return\[0\]\.meta-type/);
  });

  test('takes the schema from another recording', async () => {
    const demo = 'recordings/demo.qmptap';
    const { stdout } = await run(['show', demo, '--explain', '15', '--schema', schema]);
    expect(stdout).toMatch(/arguments\.driver +enum/);
    const wrong = await recordingFile(join(testFolder(), 'a.qmptap'), [
      ...boot,
      '-> {"execute":"cont","arguments":{"fast":true}}',
    ]);
    const checked = await run(['check', wrong, '--schema', schema]);
    expect(checked.stdout).toMatch(/#7 +violation +schema: arguments\.fast: unknown/);
    expect(checked.code).toBe(3);
  });

  test('says what is missing', async () => {
    expect((await run(['show', schema, '--explain', '99'])).stderr).toMatch(/no message 99/);
    expect((await run(['show', 'recordings/demo.qmptap', '--explain', '4'])).stderr).toMatch(
      /query-qmp-schema/,
    );
    expect((await run(['show', schema, '--explain', 'x'])).code).toBe(2);
  });
});
