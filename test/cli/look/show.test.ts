import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testFolder } from '../../support/folder.js';
import { qmptap, run } from '../../support/process.js';
import { greeting } from '../../support/recorded.js';
import { recordingFile } from '../../support/recording-file.js';
import { createRecording } from '../../../src/store/index/recorder.js';
import { latin1, sessionStart } from '../../support/recorded.js';

const boot = [
  `<- ${greeting}`,
  '-> {"execute":"qmp_capabilities","id":"libvirt-1"}',
  '<- {"return": {}, "id": "libvirt-1"}',
  '-> {"execute":"query-block","id":"libvirt-2"}',
  '<- {"timestamp": {"seconds": 1, "microseconds": 2}, "event": "BLOCK_JOB_READY"}',
  '<- {"return": [], "id": "libvirt-2"}',
];
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
    recording.chunk(id, 'c2s', 1, latin1('{"execute":"stop"}\r\n'), 0);
    await recording.flush();
    const following = qmptap(['show', file, '--follow']);
    await following.says(/stop/, 'stdout');
    recording.chunk(id, 's2c', 2, latin1('{"return": {}}\r\n'), 0);
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
});

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
});

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
