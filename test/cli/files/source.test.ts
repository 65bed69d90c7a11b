/** Folders and several recordings as a source of each command that reads. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSource, withoutDamaged } from '../../../src/cli/files/source.js';
import { RecordingError } from '../../../src/errors.js';
import { openRecording } from '../../../src/store/index/open.js';
import { createRecording } from '../../../src/store/index/recorder.js';
import { testFolder } from '../../support/folder.js';
import { qmptap, run } from '../../support/process.js';
import { latin1, sessionStart } from '../../support/recorded.js';
import { recordingFile } from '../../support/recording-file.js';

const second = 1_000_000;
const origin = 1_795_165_949 * second;

/** What a client said, each line so many seconds after the origin. */
type Said = readonly (readonly [seconds: number, line: string])[];

async function recorded(
  path: string,
  label: string | undefined,
  firstSession: number,
  ...sessions: readonly Said[]
): Promise<void> {
  const recorder = await createRecording(path, {
    createdBy: 'test',
    onTrouble: () => undefined,
    firstSession,
  });
  for (const said of sessions) {
    const begins = said[0]?.[0] ?? 0;
    const id = recorder.open(sessionStart({ label, started: origin + begins * second }), 0);
    for (const [at, line] of said) {
      const dir = line.startsWith('->') ? 'c2s' : 's2c';
      recorder.chunk(id, { dir, t: (at - begins) * 1e9, bytes: latin1(`${line.slice(2)}\n`), fds: 0 });
    }
    recorder.close(id, 100e9, 'client-closed', undefined);
  }
  await recorder.finish();
}

const stop = '->{"execute":"stop","id":1}';
const stopped = '<-{"return":{},"id":1}';
const refused = '<-{"id":1,"error":{"class":"GenericError","desc":"no"}}';

/** Two VMs: one recorded in a series of two files, the other without a label. */
async function host(): Promise<string> {
  const folder = testFolder();
  await recorded(join(folder, 'web-00001.qmptap'), 'web', 1, [[1, stop], [4, stopped]]); // prettier-ignore
  await recorded(join(folder, 'web-00002.qmptap'), 'web', 2, [[6, stop], [9, refused]]); // prettier-ignore
  await recorded(join(folder, 'db.qmptap'), undefined, 1, [[2, stop], [3, stopped], [7, stop]]); // prettier-ignore
  return folder;
}

/** Label, session and number of each line. */
function heads(stdout: string): string[] {
  return stdout
    .split('\n')
    .flatMap((line) => /^([a-z]+ +\d+ +\d+) /.exec(line)?.[1]?.replace(/ +/g, ' ') ?? []);
}

const merged = ['web 1 1', 'db 2 1', 'db 2 2', 'web 1 2', 'web 3 1', 'db 2 3', 'web 3 2'];

describe('a folder', () => {
  test('show: one history by time, each line labelled', async () => {
    const folder = await host();
    const { stdout, code, stderr } = await run(['show', folder]);
    expect(heads(stdout)).toEqual(merged);
    expect(stdout).toContain(`# session 3 · ${join(folder, 'web-00002.qmptap')} session 2 · web`);
    expect([code, stderr]).toEqual([0, '']);
    const only = async (...words: string[]): Promise<string[]> =>
      heads((await run(['show', folder, ...words])).stdout);
    expect(await only('session:3')).toEqual(['web 3 1', 'web 3 2']);
    expect(await only('--session', '2', 'cmd:stop')).toEqual(['db 2 1', 'db 2 2', 'db 2 3']);
    expect(await only('file:web-*', 'kind:response')).toEqual(['web 1 2', 'web 3 2']);
    expect(await only('label:web', 'session>1')).toEqual(['web 3 1', 'web 3 2']);
  });

  test('a series alone keeps the numbers of its sessions', async () => {
    const folder = await host();
    const files = ['web-00002.qmptap', 'web-00001.qmptap'].map((name) => join(folder, name));
    const { stdout } = await run(['show', ...files, 'kind:command']);
    expect(heads(stdout)).toEqual(['web 1 1', 'web 2 1']);
  });

  test('show --json and export: each line says its file', async () => {
    const folder = await host();
    const { stdout } = await run(['show', folder, '--json', 'kind:error']);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const file = join(folder, 'web-00002.qmptap');
    expect(lines.filter(({ type }) => type === 'recording').map((line) => line['file'])).toEqual(
      ['db', 'web-00001', 'web-00002'].map((name) => join(folder, `${name}.qmptap`)),
    );
    expect(lines.filter(({ type }) => type !== 'recording')).toMatchObject([
      { type: 'session', session: 3, file, sessionInFile: 2, label: 'web' },
      { type: 'message', session: 3, file, seq: 2, command: 'stop' },
    ]);
    const exported = await run(['export', folder, 'kind:error', '--format', 'jsonl']);
    expect(exported.stdout).toContain(`"file":${JSON.stringify(file)},"seq":2`);
  });

  test('export -o NEW.qmptap makes one recording of it, which checks', async () => {
    const folder = await host();
    const all = join(testFolder(), 'all.qmptap');
    expect((await run(['export', folder, '-o', all])).code).toBe(0);
    using reader = openRecording(all);
    expect(reader.sessions().map(({ label, messages }) => [label, messages])).toEqual([
      ['web', 2],
      ['db', 3],
      ['web', 2],
    ]);
    expect(heads((await run(['show', folder])).stdout)).toHaveLength(reader.count());
    expect((await run(['check', all])).code).toBe(0);
    expect((await run(['export', folder, '-o', join(folder, 'db.qmptap')])).stderr).toContain(
      'the recording itself',
    );
    expect(
      (await run(['export', folder, '-o', join(testFolder(), 'a.test.ts'), '--format', 'vitest'])).code,
    ).toBe(2);
  });

  test('stats, stories and check', async () => {
    const folder = await host();
    const stats = JSON.parse((await run(['stats', folder, '--json'])).stdout) as Record<string, unknown>;
    expect(stats).toMatchObject({ messages: 7, sessions: 3 });
    const one = JSON.parse((await run(['stats', folder, '--json', '--session', '3'])).stdout) as typeof stats;
    expect(one).toMatchObject({ messages: 2, sessions: 1 });
    expect((await run(['stories', folder])).code).toBe(0);
    const check = await run(['check', folder]);
    expect(check.stdout.match(/the file is sound/g)).toHaveLength(3);
    expect(check.code).toBe(0);
  });

  test('a file that cannot be read is one line, the rest goes on, and the end is 1', async () => {
    const folder = await host();
    const bad = join(folder, 'bad.qmptap');
    writeFileSync(bad, 'no recording');
    mkdirSync(join(folder, 'folder.qmptap'));
    const told = (stderr: string): void => {
      expect(stderr.trimEnd().split('\n')).toEqual([
        `qmptap: ${bad}: it is no recording`,
        `qmptap: ${join(folder, 'folder.qmptap')}: it is a folder, not a recording`,
      ]);
    };
    const show = await run(['show', folder]);
    told(show.stderr);
    expect([heads(show.stdout), show.code]).toEqual([merged, 1]);
    for (const command of [['stats'], ['stories'], ['export', '--format', 'text'], ['check']]) {
      const { code, stderr, stdout } = await run([...command, folder]);
      told(stderr.replace(/^qmptap: (?:redacted|nothing).*\n/m, ''));
      expect([command, code]).toEqual([command, 1]);
      expect(stdout).not.toBe('');
    }
    const found = await run(['check', folder, '--json']);
    expect(found.stdout).toContain(`{"type":"unreadable","path":${JSON.stringify(bad)},"reason":`);
  });

  test('without a recording that can be read: one line', async () => {
    const folder = testFolder();
    const empty = await run(['show', folder]);
    expect([empty.code, empty.stderr]).toEqual([1, `qmptap: ${folder}: no recordings in it\n`]);
    expect((await run(['check', folder])).stderr).toBe(`qmptap: ${folder}: no recordings in it\n`);
    writeFileSync(join(folder, 'bad.qmptap'), 'no recording');
    const { code, stderr } = await run(['stats', folder]);
    expect(code).toBe(1);
    expect(stderr).toContain(`qmptap: ${folder}: nothing in it can be read\n`);
  });

  test('--follow reads what comes into it later', async () => {
    const folder = await host();
    const following = qmptap(['show', folder, '--follow', 'kind:command']);
    await following.says(/db +2 +3 /, 'stdout');
    const elsewhere = join(testFolder(), 'new.qmptap');
    await recorded(elsewhere, 'late', 1, [[0, stop]]);
    copyFileSync(elsewhere, join(folder, 'late.qmptap'));
    await following.says(/late +4 +1 /, 'stdout');
    following.signal('SIGINT');
    expect(await following.ended).toBe('SIGINT');
  });
});

test('withoutDamaged reads again without what is damaged', async () => {
  const folder = testFolder();
  for (const name of ['a', 'b'])
    await recordingFile(join(folder, `${name}.qmptap`), ['-> {"execute":"stop"}']);
  const told: string[] = [];
  using source = openSource([folder], { onNotice: (line) => told.push(line) });
  const damaged = join(folder, 'a.qmptap');
  const read = (): number => {
    const ranges = source.apart({});
    if (ranges.some(({ reader }) => reader.info.path === damaged))
      throw new RecordingError({ reason: 'message 1 is damaged' }, { path: damaged });
    return ranges.length;
  };
  expect(withoutDamaged(source, read)).toBe(1);
  expect([told, source.failures]).toEqual([[`${damaged}: message 1 is damaged`], 1]);
  using alone = openSource([damaged]);
  expect(() => withoutDamaged(alone, () => { throw new RecordingError('no', { path: damaged }); })).toThrow('no'); // prettier-ignore
});
