import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from '../../support/folder.js';
import { run } from '../../support/process.js';
import { recordingFile } from '../../support/recording-file.js';
import { boot } from './jobs.js';

test('qmptap stories: text and JSON, safe on a terminal', async () => {
  const file = await recordingFile(join(testFolder(), 'a.qmptap'), boot);
  const { stdout } = await run(['stories', file]);
  expect(stdout).toContain(
    'device removal net0\\u001b  unfinished after 3.0ms: the client left before the end',
  );
  expect(stdout).toContain('1 story, 1 unfinished');
  const json = await run(['stories', file, '--json', '--session', '1']);
  expect(JSON.parse(json.stdout)).toMatchObject({
    type: 'story',
    kind: 'device removal',
    outcome: 'unfinished',
  });
});
