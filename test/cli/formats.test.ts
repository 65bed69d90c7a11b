import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createRecording } from '../../src/store/index/recorder.js';
import { testFolder } from '../support/folder.js';
import { qmptap, run, start } from '../support/process.js';
import { greeting, type Script } from '../support/recorded.js';
import { recordingFile } from '../support/recording-file.js';
import { typescript } from '../support/typescript.js';

const secret = 'Canary-3f9a1c';

const conversation: Script = [
  `<- ${greeting}`,
  '-> {"execute":"qmp_capabilities","id":"libvirt-1"}',
  '<- {"return": {}, "id": "libvirt-1"}',
  `-> {"execute":"set_password","arguments":{"protocol":"vnc","password":"${secret}"},"id":"libvirt-2"}`,
  `<- {"error": {"class": "GenericError", "desc": "${secret} is no good"}, "id": "libvirt-2"}`,
  '<- {"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}',
];

async function made(): Promise<{ folder: string; file: string }> {
  const folder = testFolder();
  return { folder, file: await recordingFile(join(folder, 'a.qmptap'), conversation) };
}

/** Every byte of every file in a folder. */
function everything(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

describe('qmptap export', () => {
  test.each(['jsonl', 'text', 'html', 'replies', 'pcapng'])('%s, without secrets', async (format) => {
    const { folder, file } = await made();
    const out = join(folder, 'out');
    const { code, stderr, stdout } = await run(['export', file, '--format', format, '-o', join(out, 'x')]);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain(
      'redacted: 1 x a VNC or SPICE password, 1 x a secret found elsewhere; --no-redact',
    );
    expect(everything(out)).not.toContain('Canary');
    expect(readFileSync(join(out, 'x')).length).toBeGreaterThan(300);
    expect(statSync(join(out, 'x')).mode & 0o777).toBe(0o600);
    expect(readdirSync(out)).toEqual(['x']);
  });

  test('to standard output, a part, with everything in it', async () => {
    const { file } = await made();
    const { code, stdout, stderr } = await run([
      'export',
      file,
      'cmd:set_password',
      '--format',
      'jsonl',
      '--no-redact',
    ]);
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; raw?: string });
    expect(lines.map(({ type }) => type)).toEqual(['recording', 'session', 'message', 'message']);
    expect(lines[3]?.raw).toContain(secret);
  });

  test('knows a secret that is in another part', async () => {
    const { file } = await made();
    const { stdout } = await run(['export', file, 'kind:error', '--format', 'text']);
    expect(stdout).toContain('[redacted:1] is no good');
  });

  test('is imported again', async () => {
    const { folder, file } = await made();
    const jsonl = await run(['export', file, '--format', 'jsonl', '--no-redact']);
    for (const format of ['jsonl', 'html']) {
      const out = join(folder, format);
      await run(['export', file, '--format', format, '--no-redact', '-o', out]);
      const ended = await run(['import', out, '-o', `${out}.qmptap`]);
      expect(ended.stderr).toMatch(new RegExp(`6 messages of 1 session \\(${format}\\)`));
      expect(ended.code).toBe(0);
      const again = await run(['export', `${out}.qmptap`, '--format', 'jsonl', '--no-redact']);
      const rest = (text: string): string => text.slice(text.indexOf('\n'));
      expect(rest(again.stdout)).toBe(rest(jsonl.stdout));
    }
  });

  test.each([[[]], [['--force']]])('into a pipe, which stays one (%j)', async (flags) => {
    const { folder, file } = await made();
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reader = start('cat', [pipe]);
    const { code } = await run(['export', file, '--format', 'text', '-o', pipe, ...flags]);
    await reader.ended;
    expect([code, lstatSync(pipe).isFIFO()]).toEqual([0, true]);
    expect(reader.stdout()).toBe((await run(['export', file, '--format', 'text'])).stdout);
    expect(readdirSync(folder).sort()).toEqual(['a.qmptap', 'pipe']);
  });

  const bad: [name: string, args: string[], code: number, says: RegExp][] = [
    ['no format', ['FILE'], 2, /the format is not given; give --format, one of qmptap, jsonl/],
    ['a name that tells none', ['FILE', '-o', 'FOLDER/x.xml'], 2, /ends with none of \.qmptap \.jsonl/],
    ['an unknown format', ['FILE', '--format', 'xml'], 2, /jsonl, html, text/],
    ['a filter that is none', ['FILE', 'cmd:', '--format', 'text'], 2, /\^/],
    ['a rule that is none', ['FILE', '--format', 'text', '--rule', 'opaque'], 2, /path:arguments\.opaque/],
    ['a session that is not there', ['FILE', '--format', 'text', '-s', '9'], 1, /no session 9/],
    ['no recording', ['FOLDER/none', '--format', 'text'], 1, /none/],
    ['a file that exists', ['FILE', '--format', 'text', '-o', 'FOLDER/there'], 1, /exists already.*--force/],
    ['a folder', ['FILE', '--format', 'text', '-o', 'FOLDER', '--force'], 1, /it is a folder/],
    [
      'the recording itself',
      ['FILE', '--format', 'text', '-o', 'FILE', '--force'],
      2,
      /the recording itself/,
    ],
    ['a place that is none', ['FILE', '--format', 'text', '-o', 'FOLDER/there/x'], 1, /cannot be written/],
  ];
  test.each(bad)('%s', async (_name, args, code, says) => {
    const { folder, file } = await made();
    writeFileSync(join(folder, 'there'), 'precious');
    const ended = await run([
      'export',
      ...args.map((arg) => arg.replace('FILE', file).replace('FOLDER', folder)),
    ]);
    expect(ended.stderr).toMatch(says);
    expect(ended.stderr).not.toMatch(/ at .*\.js/);
    expect(ended.code).toBe(code);
    expect(readFileSync(join(folder, 'there'), 'utf8')).toBe('precious');
    expect(readdirSync(folder).sort()).toEqual(['a.qmptap', 'there']);
  });

  test('does not take a recording from the one who makes it', async () => {
    const { folder, file } = await made();
    const live = join(folder, 'live.qmptap');
    const recorder = await createRecording(live, { createdBy: 'test', onTrouble: () => undefined });
    onTestFinished(() => recorder.finish().then(() => undefined));
    await recorder.flush();
    const { stderr, code } = await run(['export', file, '--format', 'text', '-o', live, '--force']);
    expect(stderr).toMatch(/^qmptap: .*live\.qmptap: it is being recorded; .*\n$/);
    expect(code).toBe(1);
  });

  test('replaces a file when told to', async () => {
    const { folder, file } = await made();
    writeFileSync(join(folder, 'there'), 'old');
    expect(
      (await run(['export', file, '--format', 'text', '-o', join(folder, 'there'), '--force'])).code,
    ).toBe(0);
    expect(readFileSync(join(folder, 'there'), 'utf8')).toContain('<- {"QMP"');
  });
});

describe('qmptap import', () => {
  const log = '-> {"execute":"stop"}\n<- {"return": {}}\n';

  test('packed, from a pipe, under a name of its own', async () => {
    const folder = testFolder();
    writeFileSync(join(folder, 'talk.txt'), log);
    writeFileSync(join(folder, 'talk.txt.gz'), gzipSync(log));
    execFileSync('xz', ['--keep', join(folder, 'talk.txt')]);
    for (const name of ['talk.txt', 'talk.txt.gz', 'talk.txt.xz']) {
      const { code, stderr } = await run([
        'import',
        join(folder, name),
        '-o',
        join(folder, `${name}.qmptap`),
      ]);
      expect(stderr).toMatch(/2 messages of 1 session \(text\)/);
      expect(code).toBe(0);
      expect(statSync(join(folder, `${name}.qmptap`)).mode & 0o777).toBe(0o600);
    }
    const home = { ...process.env, QMPTAP_HOME: join(folder, 'home') };
    const piped = qmptap(['import', '-'], { stdio: ['pipe', 'pipe', 'pipe'], env: home });
    piped.child.stdin?.end(log);
    expect(await piped.ended).toBe(0);
    expect(readdirSync(join(folder, 'home/recordings'))).toEqual([
      expect.stringMatching(/^\d{8}-\d{6}\.qmptap$/),
    ]);
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('what is left out is named with its line', async () => {
    const folder = testFolder();
    writeFileSync(join(folder, 'a.txt'), `${log}-> broken\n-> {"a":\n-> again {\n-> more }\n\u001b[2J\n`);
    const { code, stderr } = await run(['import', join(folder, 'a.txt'), '-o', join(folder, 'a.qmptap')]);
    expect(code).toBe(0);
    expect(stderr).toContain('a.txt:3, 6: left out: no JSON\n');
    expect(stderr).toContain('a.txt:4, 5: left out: a message that is cut or mixed with another line\n');
    expect(stderr).not.toContain('\u001b');
  });

  const bad: [name: string, content: string | Buffer, args: string[], code: number, says: RegExp][] = [
    ['nothing that is known', 'hello\n', [], 1, /its format is not recognised; give --format/],
    ['an empty file', '', [], 1, /\/a\.log: it is empty; there is nothing to import$/m],
    ['a recording', 'SQLite format 3\0\n', [], 1, /it is a recording already/],
    [
      'nothing that could be read',
      'hello\n',
      ['--format', 'libvirt-log'],
      1,
      /nothing of its monitors is in it/,
    ],
    ['binary data', Buffer.from([0, 1, 2, 123, 10, 0]), [], 1, /not recognised/],
    ['a damaged gzip', gzipSync(log).subarray(0, 20), [], 1, /gzip data is damaged or cut/],
    ['a damaged xz', Buffer.from('fd377a585a0000ff', 'hex'), [], 1, /a\.log: /],
    ['an unknown format', log, ['--format', 'xml'], 2, /auto, jsonl/],
  ];
  test.each(bad)('%s', async (_name, content, args, code, says) => {
    const folder = testFolder();
    writeFileSync(join(folder, 'a.log'), content);
    const ended = await run(['import', join(folder, 'a.log'), '-o', join(folder, 'a.qmptap'), ...args]);
    expect(ended.stderr).toMatch(says);
    expect(ended.stderr).not.toMatch(/ at .*\.js/);
    expect(ended.code).toBe(code);
    expect(readdirSync(folder)).toEqual(['a.log']);
  });

  test('a recording in the way stays', async () => {
    const { folder, file } = await made();
    writeFileSync(join(folder, 'a.log'), log);
    const before = readFileSync(file);
    const ended = await run(['import', join(folder, 'a.log'), '-o', file]);
    expect(ended.stderr).toMatch(/exists already.*--force/);
    expect(ended.code).toBe(1);
    expect(readFileSync(file).equals(before)).toBe(true);
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const replaced = await run(['import', join(folder, 'a.log'), '-o', pipe, '--force']);
    expect(replaced.stderr).toBe(
      `qmptap: ${pipe}: it is no file that could be replaced; choose another name\n`,
    );
    expect((await run(['import', join(folder, 'a.log'), '-o', file, '--force'])).code).toBe(0);
    expect((await run(['ls', file])).stdout).toContain('unix' === file ? '' : 'a.log');
  });

  test('in the place of a recording whose recorder was killed: nothing of that comes back', async () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    const flood = spawn(process.execPath, [...typescript, 'test/store/flood.ts', path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(flood, 'exit');
    for await (const said of flood.stdout) if (/\d/.test(String(said))) flood.kill('SIGKILL');
    await ended;
    rmSync(path);
    writeFileSync(join(folder, 'a.log'), log);
    const refused = await run(['import', join(folder, 'a.log'), '-o', path]);
    expect(refused.stderr).toMatch(/a\.qmptap-journal-\d+ is left of an earlier recording;.*--force/);
    expect(refused.code).toBe(1);
    expect((await run(['import', join(folder, 'a.log'), '-o', path, '--force'])).code).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['a.log', 'a.qmptap']);
    expect((await run(['show', path])).stdout).not.toContain('FLOOD');
  });

  test('a file that may not be read, a folder, none', async () => {
    const folder = testFolder();
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'shut'), log);
    chmodSync(join(folder, 'shut'), 0);
    const says: [string, RegExp][] = [
      ['sub', /it is a folder/],
      ['none', /no such file/],
    ];
    for (const [name, pattern] of says) {
      const ended = await run(['import', join(folder, name), '-o', join(folder, 'x.qmptap')]);
      expect(ended.stderr).toMatch(pattern);
      expect(ended.code).toBe(1);
      expect(existsSync(join(folder, 'x.qmptap'))).toBe(false);
    }
  });
});

describe('qmptap redact', () => {
  test('leaves no trace, and all else', async () => {
    const { folder, file } = await made();
    expect(everything(folder)).toContain(secret);
    const out = join(folder, 'out');
    const ended = await run(['redact', file, '-o', join(out, 'b.qmptap')]);
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('redacted: 1 x a VNC or SPICE password, 1 x a secret found elsewhere');
    expect(ended.stderr).toMatch(/looked for: .*anything else is kept/);
    expect(everything(out)).not.toContain('Canary');
    expect(readdirSync(out)).toEqual(['b.qmptap']);
    const shown = await run(['show', join(out, 'b.qmptap'), '--json']);
    const lines = shown.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[1]).toMatchObject({ end: 'client-closed', messages: 6 });
    expect(lines[1]?.['notes']).toEqual([
      'redacted: 1 x a VNC or SPICE password, 1 x a secret found elsewhere',
    ]);
    expect(lines[6]).toMatchObject({ kind: 'error', replyTo: 4, command: 'set_password', t: 0.005 });
  });

  test('--dry-run lists what would go, and writes nothing', async () => {
    const { folder, file } = await made();
    const { stdout, stderr, code } = await run(['redact', file, '--dry-run', '--rule', 'key:protocol']);
    expect(code).toBe(0);
    expect(stdout.split('\n').sort()).toEqual([
      '',
      'session 1 #4 set_password: 1 x a VNC or SPICE password',
      'session 1 #4 set_password: 1 x key:protocol',
      'session 1 #5 set_password: 1 x a secret found elsewhere',
    ]);
    expect(stderr).toContain('looked for: ');
    expect(readdirSync(folder)).toEqual(['a.qmptap']);
    const json = await run(['redact', file, '--dry-run', '--json']);
    expect(JSON.parse(json.stdout.split('\n')[0] ?? '')).toEqual({
      type: 'secret',
      session: 1,
      seq: 4,
      kind: 'command',
      of: 'set_password',
      what: 'a VNC or SPICE password',
      count: 1,
    });
  });

  test('a redacted recording replays: the client with another password is the same', async () => {
    const { folder, file } = await made();
    const out = join(folder, 'b.qmptap');
    await run(['redact', file, '-o', out]);
    const socket = join(folder, 's');
    for (const match of ['strict', 'content']) {
      const server = qmptap(['replay', 'server', out, '--match', match, '--listen', socket, '--once']);
      await server.says(/s\b/);
      const client = await run(['replay', 'client', file, '--connect', socket, '--ignore', '**.desc']);
      expect(client.stderr).not.toContain('diverged');
      expect(client.code).toBe(0);
      expect(await server.ended).toBe(0);
    }
  }, 30_000);

  test('needs to be told where', async () => {
    const { file } = await made();
    const ended = await run(['redact', file]);
    expect(ended.stderr).toMatch(/give -o NEW/);
    expect(ended.code).toBe(2);
  });
});
