import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testFolder } from '../../support/folder.js';
import { run } from '../../support/process.js';
import { recordingFile } from '../../support/recording-file.js';
import { boot } from './boot.js';
import { boot as unfinished } from './jobs.js';

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

test('qmptap check --json gives its findings, and sums up at the end', async () => {
  const file = await recordingFile(join(testFolder(), 'a.qmptap'), unfinished);
  const { stdout } = await run(['check', file, '--json']);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(lines).toEqual([
    { type: 'finding', file, severity: 'note', rule: 'unanswered', session: 1, seq: 5, text: 'stop' },
    { type: 'check', file, sound: true, messages: 5, sessions: 1, violations: 0, notes: 1 },
  ]);
});
