import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testFolder } from '../../support/folder.js';
import { run } from '../../support/process.js';
import { recordingFile } from '../../support/recording-file.js';
import { boot } from './boot.js';

describe('qmptap check', () => {
  test('a sound recording', async () => {
    const file = await recordingFile(join(testFolder(), 'a.qmptap'), boot);
    const { stdout, code } = await run(['check', file]);
    expect(stdout).toMatch(/sound; 6 messages in 1 session/);
    expect(code).toBe(0);
  });

  test('violations, by the number of their message', async () => {
    const file = await recordingFile(join(testFolder(), 'a.qmptap'), [
      ...boot,
      '-> {"execute":}',
      '<- {"return": 1, "id": 5}',
    ]);
    const { stdout, code } = await run(['check', file]);
    expect(stdout).toMatch(/^session 1 #7 +violation +malformed: JSON parse error/m);
    expect(stdout).toMatch(/no-command/);
    expect(code).toBe(3);
  });
});
