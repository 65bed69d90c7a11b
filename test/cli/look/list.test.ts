import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { testFolder } from '../../support/folder.js';
import { run } from '../../support/process.js';
import { recordingFile } from '../../support/recording-file.js';
import { createRecording } from '../../../src/store/index/recorder.js';
import { sessionStart } from '../../support/recorded.js';
import { boot } from './boot.js';
import { until } from '../../support/until.js';

describe('qmptap ls', () => {
  test('lists recordings, sessions, and what cannot be read', async () => {
    const folder = testFolder();
    const file = await recordingFile(join(folder, 'a.qmptap'), boot, boot);
    writeFileSync(join(folder, 'b.qmptap'), 'no');
    const listed = await run(['ls', folder]);
    expect(listed.stdout).toMatch(/^a\.qmptap +2 +12 +\d/m);
    expect(listed.stdout).toMatch(/^b\.qmptap +unreadable/m);
    expect(listed.code).toBe(0);
    const sessions = await run(['ls', file]);
    expect(sessions.stdout).toMatch(/^ +2 .*QEMU 7\.2\.22.*client-closed +unix:\/c$/m);
    const json = await run(['ls', file, '--json']);
    const lines = json.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    expect(lines.map((line) => line.type)).toEqual(['recording', 'session', 'session']);
  });

  test('tells programs of what cannot be read, and people of an empty folder', async () => {
    const folder = testFolder();
    expect((await run(['ls', folder])).stderr).toBe(`qmptap: ${folder}: no recordings in it\n`);
    await recordingFile(join(folder, 'a.qmptap'), boot);
    writeFileSync(join(folder, 'b$&\u009b.qmptap'), 'no');
    const { stdout } = await run(['ls', '--json', folder]);
    expect(stdout).toMatch(/^[ -~\n]*$/);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    expect(lines).toMatchObject([
      { type: 'recording', path: join(folder, 'a.qmptap'), sessions: 1 },
      { type: 'unreadable', path: join(folder, 'b$&\u009b.qmptap'), reason: 'it is no recording' },
    ]);
  });

  test('no error can move the cursor', async () => {
    const { stderr } = await run(['show', '/none/\u001b[2J\n']);
    expect(stderr).toBe('qmptap: /none/\\u001b[2J\\n: no such file\n');
  });

  test('says where recordings go when there are none', async () => {
    const { stderr, code } = await run(['ls'], { env: { ...process.env, QMPTAP_HOME: testFolder() } });
    expect(stderr).toMatch(/nothing has been recorded yet/);
    expect(code).toBe(1);
  });

  test('says in which files a live recording is, and how to copy it', async () => {
    const folder = testFolder();
    const file = join(folder, 'live.qmptap');
    const recorder = await createRecording(file, { createdBy: 'test', onTrouble: () => undefined });
    onTestFinished(async () => {
      await recorder.finish();
    });
    recorder.open(sessionStart(), 0);
    await until('the journal', () => existsSync(`${file}-journal-1`));
    expect((await run(['ls', folder])).stdout).toMatch(/^live\.qmptap +live in \d files +\d /m);
    const { stdout } = await run(['ls', file]);
    expect(stdout).toMatch(
      /^live, in \d files: live\.qmptap live\.qmptap-lock .*live\.qmptap-journal-1; to copy it: /m,
    );
    const [about] = (await run(['ls', file, '--json'])).stdout.split('\n');
    const { filesBeside } = JSON.parse(about ?? '') as { filesBeside: string[] };
    expect(filesBeside).toContain(`${file}-journal-1`);
    for (const path of filesBeside) expect(existsSync(path)).toBe(true);
  });
});
