import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testFolder } from '../../support/folder.js';
import { qmptap, run } from '../../support/process.js';
import { greeting } from '../../support/recorded.js';
import { StoredMarks } from '../../../src/store/read/marks.js';
import { recordingFile } from '../../support/recording-file.js';
import { createRecording } from '../../../src/store/index/recorder.js';
import { latin1, sessionStart } from '../../support/recorded.js';
import { boot } from './boot.js';

const hostile = [
  '-> {"execute":"x\\u001b[2J","a":"\u001b[31m\u009b2J"}',
  '-> \x1b[2J\x07\xff',
  '<- {"return": "\xe2\x80\xae"}',
];

describe('qmptap show', () => {
  test('text: number, time, arrow, latency, message', async () => {
    const file = await recordingFile(join(testFolder(), 'a.qmptap'), boot);
    const { stdout, stderr, code } = await run(['show', file]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^# session 1 · QEMU 7\.2\.22 · unix:\/c -> unix:\/s · 2026-11-20T/) as string,
      `     1    0.001000 <-        ${greeting}`,
      '     2    0.002000 ->        {"execute":"qmp_capabilities","id":"libvirt-1"}',
      '     3    0.003000 <-  1.0ms {"return": {}, "id": "libvirt-1"}',
      '     4    0.004000 ->        {"execute":"query-block","id":"libvirt-2"}',
      '     5    0.005000 <-        {"timestamp": {"seconds": 1, "microseconds": 2}, "event": "BLOCK_JOB_READY"}',
      '     6    0.006000 <-  2.0ms {"return": [], "id": "libvirt-2"}',
      '',
    ]);
  });

  test('a filter and a session select', async () => {
    const file = await recordingFile(join(testFolder(), 'a.qmptap'), boot, boot);
    const lines = async (...args: string[]): Promise<number> =>
      (await run(['show', file, ...args])).stdout
        .split('\n')
        .filter((line) => !line.startsWith('#') && line !== '').length;
    expect(await lines()).toBe(12);
    expect(await lines('--session', '2')).toBe(6);
    expect(await lines('--session', '2', 'cmd:query-*')).toBe(2);
    expect(await lines('event:BLOCK_*', 'or', 'kind:greeting')).toBe(4);
    expect(await lines('dur>1.5ms')).toBe(4);
  });

  test('no message can move the cursor', async () => {
    const file = await recordingFile(join(testFolder(), 'a.qmptap'), hostile);
    for (const format of [[], ['--pretty'], ['--json']]) {
      const { stdout } = await run(['show', file, ...format], { env: { ...process.env, NO_COLOR: '1' } });
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      expect(stdout.split('\n').length).toBeGreaterThan(3);
    }
  });

  test('--raw gives the exact bytes of a direction', async () => {
    const file = await recordingFile(join(testFolder(), 'a.qmptap'), boot, hostile);
    const { bytes } = await run(['show', file, '--raw', 'dir:c2s', '--session', '2']);
    expect(bytes.toString('latin1')).toBe(`${hostile[0]!.slice(3)}\r\n${hostile[1]!.slice(3)}\r\n`);
  });

  test('--pretty indents', async () => {
    const file = await recordingFile(join(testFolder(), 'a.qmptap'), boot);
    const { stdout } = await run(['show', file, '--pretty', 'cmd:qmp_capabilities']);
    expect(stdout).toContain('{\n  "execute": "qmp_capabilities",\n  "id": "libvirt-1"\n}');
  });

  test('--follow prints what comes and ends with the recording', async () => {
    const file = join(testFolder(), 'a.qmptap');
    await using recording = await createRecording(file, { createdBy: 'test', onTrouble: () => undefined });
    const id = recording.open(sessionStart(), 0);
    recording.chunk(id, { dir: 'c2s', t: 1, bytes: latin1('{"execute":"stop"}\r\n'), fds: 0 });
    await recording.flush();
    const following = qmptap(['show', file, '--follow']);
    await following.says(/stop/, 'stdout');
    recording.chunk(id, { dir: 's2c', t: 2, bytes: latin1('{"return": {}}\r\n'), fds: 0 });
    await following.says(/return/, 'stdout');
    recording.close(id, 3, 'client-closed', undefined);
    await recording.finish();
    expect(await following.ended).toBe(0);
  });

  test.each([
    ['nothing there', ['NOWHERE'], 1, /nowhere\.qmptap: .*no such file/],
    ['no recording', ['TEXT'], 1, /text\.qmptap: .*no recording/],
    ['a folder', ['FOLDER'], 1, /folder/],
    ['a session that is not there', ['FILE', '--session', '9'], 1, /no session 9/],
    ['a session that is no number', ['FILE', '--session', 'x'], 2, /--session/],
    ['a bad filter', ['FILE', 'kind:nonsense'], 2, /kind/],
    ['two formats', ['FILE', '--json', '--raw'], 2, /--json, --raw/],
  ])('%s', async (_name, args, expected, says) => {
    const folder = testFolder();
    writeFileSync(join(folder, 'text.qmptap'), 'this is not a recording, whatever its name says'.repeat(100));
    mkdirSync(join(folder, 'folder'));
    const file = await recordingFile(join(folder, 'a.qmptap'), boot);
    const paths: Record<string, string> = {
      NOWHERE: join(folder, 'nowhere.qmptap'),
      TEXT: join(folder, 'text.qmptap'),
      FOLDER: join(folder, 'folder'),
      FILE: file,
    };
    const { code, stdout, stderr } = await run(['show', ...args.map((arg) => paths[arg] ?? arg)]);
    expect(stdout).toBe('');
    expect(stderr).toMatch(says);
    expect(stderr).toMatch(/^qmptap: /);
    expect(stderr).not.toMatch(/ at .*\.js/);
    expect(code).toBe(expected);
  });

  test('--json has marks and notes, each under its message; filters find them', async () => {
    const file = await recordingFile(join(testFolder(), 'a.qmptap'), boot, boot);
    const marks = new StoredMarks(file);
    marks.put({ session: 1, seq: 4, note: 'slow?' });
    marks.put({ session: 2, seq: 2, note: undefined });
    const lines = async (...filter: string[]): Promise<unknown[]> => {
      const { stdout } = await run(['show', file, '--json', ...filter]);
      return stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { type: string; session?: number; seq?: number; note?: string })
        .filter(({ type }) => type === 'message' || type === 'mark')
        .map(({ type, session, seq, note }) => [type, session, seq, note].join(' ').trimEnd());
    };
    expect((await lines()).slice(3, 6)).toEqual(['message 1 4', 'mark 1 4 slow?', 'message 1 5']);
    expect(await lines('marked')).toEqual(['message 1 4', 'mark 1 4 slow?', 'message 2 2', 'mark 2 2']);
    expect(await lines('note:SLOW')).toEqual(['message 1 4', 'mark 1 4 slow?']);
    expect(await lines('not', 'marked', 'session:1', 'seq:3-5')).toEqual(['message 1 3', 'message 1 5']);
  });

  test('an empty answer says that it is empty', async () => {
    const file = await recordingFile(join(testFolder(), 'a.qmptap'), boot);
    const { stdout, stderr, code } = await run(['show', file, 'size>1MB', 'or', 'cmd:quit']);
    expect({ stdout, stderr, code }).toEqual({
      stdout: '',
      stderr: `qmptap: ${file}: no message matches size>1MB or cmd:quit\nqmptap: no command here is called quit\n`,
      code: 0,
    });
  });
});
