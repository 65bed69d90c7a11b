/** What all commands that read a recording do with its sessions. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from '../support/folder.js';
import { run } from '../support/process.js';
import { greeting } from '../support/recorded.js';
import { recordingFile } from '../support/recording-file.js';
import { boot } from './look/jobs.js';

// A client that asks every ten seconds has as many in half a day; each command looked through all for each.
test.each([['show'], ['check'], ['diff'], ['schema']])(
  'qmptap %s takes a recording of 5000 sessions',
  async (command) => {
    const sessions = Array.from({ length: 5000 }, () => [
      `<- ${greeting}`,
      '-> {"execute":"qmp_capabilities"}',
      '<- {"return": {}}',
    ]);
    const file = await recordingFile(join(testFolder(), 'a.qmptap'), ...sessions);
    const { code, stdout, stderr } = await run([command, file, ...(command === 'diff' ? [file] : [])]);
    if (command === 'schema') expect(stderr).toContain('no answer to query-qmp-schema');
    else expect(stdout).toMatch(/session 5000|5000 sessions/);
    expect(code).toBe(command === 'schema' ? 1 : 0);
  },
);

test.each([
  [['show']],
  [['show', '--follow']],
  [['show', '--explain', '1']],
  [['stats']],
  [['stories']],
  [['schema']],
  [['export', '--format', 'text']],
  [['diff', 'twice']],
  [['replay', 'client', '--dry-run']],
])('qmptap %j says which sessions there are not', async (words) => {
  const file = await recordingFile(join(testFolder(), 'a.qmptap'), boot);
  const files = words.includes('twice') ? [file, file] : [file];
  expect(await run([...words.filter((word) => word !== 'twice'), ...files, '--session', '7'])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: `qmptap: ${file}: it has no session 7; \`qmptap ls ${file}\` lists them\n`,
  });
});
