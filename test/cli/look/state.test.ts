import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from '../../support/folder.js';
import { run } from '../../support/process.js';
import { recordingFile } from '../../support/recording-file.js';
import { boot } from './jobs.js';

test('qmptap state: at the end, at a message, between two, and what cannot be meant', async () => {
  const file = await recordingFile(join(testFolder(), 'a.qmptap'), boot);
  const { stdout } = await run(['state', file]);
  expect(stdout).toMatch(/^VM at unix:\/s, after session 1 #5 \(0\.005000, 2026-/);
  expect(stdout).toContain('asserted  #2 query-status  status=running');
  expect(stdout).toContain('  net0\\u001b  implied  #4 device_del  removal=asked');
  const early = await run(['state', file, '--at', '2', '--json']);
  const lines = early.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(lines).toMatchObject([{ type: 'moment', seq: 2 }, { area: 'run' }, { attribute: 'status' }]);
  const both = await run(['state', file, '--diff', '2', '4ms']);
  expect(both.stdout).toBe('+ devices net0\\u001b  (implied, #4 device_del)\n');
  const none = await run(['state', file, '--at', '1']);
  expect(none.stderr).toContain('no message before it tells of a state');
  expect((await run(['state', file, '--diff', '4'])).stderr).toContain('no value differs');
  expect(await run(['state', file, '--at', 'soon'])).toMatchObject({ code: 2 });
});
