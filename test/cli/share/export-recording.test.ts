import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { StoredMarks } from '../../../src/store/read/marks.js';
import { openRecording } from '../../../src/store/index/open.js';
import { testFolder } from '../../support/folder.js';
import { run, startScript } from '../../support/process.js';
import { greeting, type Script } from '../../support/recorded.js';
import { recordingFile } from '../../support/recording-file.js';

const conversation: Script = [
  `<- ${greeting}`,
  '-> {"execute":"qmp_capabilities","id":1}',
  '<- {"return": {}, "id": 1}',
  '-> {"execute":"device_del","arguments":{"id":"net3"},"id":2}',
  '<- {"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}',
  '-> {"execute":"set_password","arguments":{"protocol":"vnc","password":"Canary-7"},"id":3}',
  '<- {"id": 2, "error": {"class": "DeviceNotFound", "desc": "Device \'net3\' not found"}}',
  '<- {"return": {}, "id": 3}',
];

interface Made {
  readonly folder: string;
  readonly file: string;
  readonly copy: string;
}

async function made(): Promise<Made> {
  const folder = testFolder();
  const file = await recordingFile(join(folder, 'a.qmptap'), conversation, conversation);
  new StoredMarks(file).putAll([
    { session: 1, seq: 7, note: 'why? Canary-7' },
    { session: 2, seq: 5, note: undefined },
  ]);
  return { folder, file, copy: join(folder, 'b.qmptap') };
}

async function isClean(file: string): Promise<void> {
  const { code, stdout, stderr } = await run(['check', file]);
  expect(code, stdout + stderr).toBe(0);
}

function contents(file: string): unknown {
  using reader = openRecording(file);
  return {
    sessions: reader.sessions(),
    messages: [...reader.messages()],
    marks: new StoredMarks(file).marks(),
  };
}

describe('qmptap export -o NEW.qmptap', () => {
  test('all of it: the same recording in one file of its own', async () => {
    const { folder, file, copy } = await made();
    const { code, stderr } = await run(['export', file, '-o', copy]);
    expect([code, stderr]).toEqual([
      0,
      `qmptap: 2 sessions in ${copy}, with all secrets; --redact takes them out\n`,
    ]);
    expect(contents(copy)).toEqual(contents(file));
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual(['a.qmptap', 'b.qmptap']);
    await isClean(copy);
  });

  test('what a filter names, each response with its command, marks with their messages', async () => {
    const { file, copy } = await made();
    const { code, stderr } = await run(['export', file, 'session:1', 'kind:error', '-o', copy]);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/: 2 messages in /)]);
    using reader = openRecording(copy);
    expect(
      Array.from(reader.messages(), ({ kind, name, replyTo, latency }) => [kind, name, replyTo, latency]),
    ).toEqual([
      ['command', 'device_del', undefined, undefined],
      ['error', undefined, 1, 3e6],
    ]);
    expect(new StoredMarks(copy).marks()).toEqual([{ session: 1, seq: 2, note: 'why? Canary-7' }]);
    await isClean(copy);
  });

  test('one session without its secrets, in notes on messages too', async () => {
    const { file, copy } = await made();
    const { code, stderr } = await run(['export', file, '--session', '1', '--redact', '-o', copy]);
    expect([code, stderr]).toEqual([0, expect.stringContaining('1 x a VNC or SPICE password')]);
    const { stdout } = await run(['export', copy, '--format', 'jsonl', '--no-redact']);
    expect(stdout).toContain('"note":"why? [redacted:1]"');
    expect(stdout).not.toContain('Canary');
    await isClean(copy);
  });

  test('of a recording under a flood, again and again: each copy is whole', async () => {
    const folder = testFolder();
    const file = join(folder, 'live.qmptap');
    const flood = startScript('test/store/flood.ts', [file]);
    await flood.says(/\d/, 'stdout');
    const [first, second, part] = ['1', '2', 'part'].map((name) => join(folder, `${name}.qmptap`)) as [
      string,
      string,
      string,
    ];
    const ended = [
      await run(['export', file, '-o', first]),
      ...(await Promise.all([
        run(['export', file, 't<200ms', '-o', part]),
        run(['export', file, '-o', second]),
      ])),
    ];
    flood.signal('SIGKILL');
    expect(ended.map(({ code, stderr }) => `${code} ${stderr}`)).toEqual([
      expect.stringMatching(/^0 qmptap: 1 session in/),
      expect.stringMatching(/^0 qmptap: \d+ messages in/),
      expect.stringMatching(/^0 qmptap: 1 session in/),
    ]);
    const counts = [first, second, part].map((copy) => {
      using reader = openRecording(copy);
      expect(reader.info).toMatchObject({ live: false, loss: copy === part ? undefined : 'copied-live' });
      expect(reader.sessions()).toMatchObject([{ end: 'cut-off', messages: reader.count() }]);
      expect([...reader.damage()]).toEqual([]);
      const last = [...reader.messages({ order: 'desc', limit: 1 })][0]?.raw ?? new Uint8Array();
      expect(Buffer.from(last).toString()).toContain(`{"n": ${reader.count()}}`);
      return reader.count();
    });
    expect(counts[0]).toBeGreaterThan(0);
    expect(counts[1]).toBeGreaterThan(counts[0] ?? 0);
    await isClean(first);
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  const bad: [name: string, args: string[], code: number, says: RegExp][] = [
    ['to standard output', ['FILE', '--format', 'qmptap'], 2, /a recording is a file; give -o NEW\.qmptap/],
    ['onto itself', ['FILE', '-o', 'FILE', '--force'], 2, /the recording itself/],
    ['onto another', ['FILE', '-o', 'COPY'], 1, /exists already.*--force/],
    ['where no folder can be', ['FILE', '-o', 'FILE/x.qmptap'], 1, /cannot be written/],
  ];
  test.each(bad)('%s', async (_name, args, code, says) => {
    const { folder, file, copy } = await made();
    await recordingFile(copy, conversation);
    const ended = await run([
      'export',
      ...args.map((arg) => arg.replace('FILE', file).replace('COPY', copy)),
    ]);
    expect(ended.stderr).toMatch(says);
    expect(ended.code).toBe(code);
    expect(readdirSync(folder).sort()).toEqual(['a.qmptap', 'b.qmptap']);
  });
});
