import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testFolder } from '../support/folder.js';
import { run } from '../support/process.js';
import { greeting } from '../support/recorded.js';
import { recordingFile } from '../support/recording-file.js';
import { entries } from '../support/schema.js';

const boot = [
  '-> {"execute":"query-status","id":"a-1"}',
  '<- {"return": {"status": "running"}, "id": "a-1"}',
  '-> {"execute":"device_del","arguments":{"id":"net0\\u001b"},"id":"a-2"}',
  '<- {"return": {}, "id": "a-2"}',
  '-> {"execute":"stop"}',
];
const schema = (list: readonly object[]): string[] => [
  '-> {"execute":"query-qmp-schema"}',
  `<- ${JSON.stringify({ return: list })}`,
];

describe('qmptap stats', () => {
  test('text and JSON, of several recordings and with a filter', async () => {
    const folder = testFolder();
    const a = await recordingFile(join(folder, 'a.qmptap'), boot);
    const b = await recordingFile(join(folder, 'b.qmptap'), boot, boot);
    const text = await run(['stats', a]);
    expect(text.stderr).toBe('');
    expect(text.stdout).toMatch(/^1 session, 5 messages/);
    expect(text.stdout).toMatch(/^query-status +1 +1\.0ms/m);
    const json = await run(['stats', a, b, 'cmd:query-*', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      type: 'statistics',
      recordings: [a, b],
      sessions: 3,
      commands: [{ name: 'query-status', count: 3, p50Us: 1000 }],
    });
  });

  test('points at what is wrong in a filter', async () => {
    const { code, stderr } = await run(['stats', 'x.qmptap', 'kind:error', 'cdm:x']);
    expect(stderr).toBe(
      "qmptap: filter: no term is called 'cdm'; did you mean 'cmd'?\n  kind:error cdm:x\n             ^\n",
    );
    expect(code).toBe(2);
  });
});

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

describe('qmptap diff', () => {
  test('ends with 0 if nothing differs, with 3 if something does', async () => {
    const folder = testFolder();
    const a = await recordingFile(join(folder, 'a.qmptap'), boot);
    const b = await recordingFile(
      join(folder, 'b.qmptap'),
      boot,
      boot.with(1, '<- {"return": {"status": "paused"}, "id": "a-1"}'),
    );
    expect(await run(['diff', a, b, '--session', '1'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('3 of 3 exchanges') as string,
    });
    const found = await run(['diff', a, b, '--session', '1,2']);
    expect(found.code).toBe(3);
    expect(found.stdout).toContain('return.status: "running" | "paused"');
    expect((await run(['diff', a, b, '--session', '1,2', '--ignore', 'return.status'])).code).toBe(0);
    const json = await run(['diff', a, b, '--json']);
    expect(JSON.parse(json.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
      type: 'diff',
      same: false,
      onlyB: [2],
    });
  });

  test('says what it cannot read', async () => {
    const file = await recordingFile(join(testFolder(), 'a.qmptap'), boot);
    const bad = await run(['diff', file, file, '--ignore', 'a..b']);
    expect(bad.code).toBe(2);
    expect(bad.stderr).toMatch(/^qmptap: path "a\.\.b".*\n {2}a\.\.b\n {3}\^\n$/);
    expect(await run(['diff', file, file, '--session', 'x'])).toMatchObject({ code: 2 });
  });
});

describe('qmptap schema', () => {
  test('lists, describes, compares', async () => {
    const folder = testFolder();
    const a = await recordingFile(join(folder, 'a.qmptap'), schema(entries));
    const b = await recordingFile(
      join(folder, 'b.qmptap'),
      schema(entries.filter((entry) => !('arg-type' in entry && entry['arg-type'] === '4'))),
    );
    expect((await run(['schema', a])).stdout).toContain('command old (deprecated)\n');
    expect((await run(['schema', a, 'device_add'])).stdout).toContain('    driver: str\n');
    expect(JSON.parse((await run(['schema', a, 'device_add', '--json'])).stdout)).toMatchObject({
      name: 'device_add',
    });
    expect(JSON.parse((await run(['schema', a, '--json'])).stdout)).toMatchObject({ type: 'schema' });
    expect(await run(['schema', a, 'device_ad'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("did you mean 'device_add'?") as string,
    });
    expect(await run(['schema', 'diff', a, a])).toMatchObject({ code: 0, stdout: '' });
    expect(await run(['schema', 'diff', a, b])).toMatchObject({
      code: 3,
      stdout: '- command blockdev-add\n',
    });
    const json = await run(['schema', 'diff', a, b, '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ same: false, removed: { commands: ['blockdev-add'] } });
  });

  test('says where there is none', async () => {
    const file = await recordingFile(join(testFolder(), 'a.qmptap'), boot);
    expect(await run(['schema', file])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('it holds no answer to query-qmp-schema') as string,
    });
  });
});

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

test('qmptap stats finds a session in any file of a series', async () => {
  const folder = testFolder();
  const one = await recordingFile(join(folder, 'a.qmptap'), boot);
  const two = await recordingFile(join(folder, 'b.qmptap'), boot, boot);
  const { stdout, code } = await run(['stats', one, two, '--session', '2']);
  expect(stdout).toMatch(/^2 recordings, 1 session, 5 messages/);
  expect(code).toBe(0);
});

test.each([
  [['show', 'FILE', '--explain', '1', 'cmd:stop'], 'leave out the filter'],
  [['show', 'FILE', '--explain', '1', '--raw'], 'leave out the filter, --follow, --raw and --pretty'],
  [['show', 'FILE', '--schema', 'other.qmptap'], 'give --explain SEQ'],
  [['show', 'FILE', 'kind:err'], "'err' is no kind; there are greeting, command, "],
  [['export', 'FILE', '--format', 'text', '--no-redact', '--rule', 'key:x'], 'leave out --no-redact'],
  [['redact', 'FILE', '--dry-run', '-o', 'copy.qmptap'], '--dry-run writes nothing'],
  [['redact', 'FILE', '-o', 'copy.qmptap', '--json'], '--dry-run writes nothing and can list as --json'],
  [['redact', 'FILE', '-o', 'FILE', '--force'], 'that is the recording itself; choose another name'],
])('qmptap %j is refused: %s', async (words, why) => {
  const file = await recordingFile(join(testFolder(), 'a.qmptap'), boot);
  const { code, stdout, stderr } = await run(words.map((word) => (word === 'FILE' ? file : word)));
  expect(stderr).toContain(why);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});

test('qmptap check --json gives its findings, and sums up at the end', async () => {
  const file = await recordingFile(join(testFolder(), 'a.qmptap'), boot);
  const { stdout } = await run(['check', file, '--json']);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(lines).toEqual([
    { type: 'finding', severity: 'note', rule: 'unanswered', session: 1, seq: 5, text: 'stop' },
    { type: 'check', sound: true, messages: 5, sessions: 1, violations: 0, notes: 1 },
  ]);
});
