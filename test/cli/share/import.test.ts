import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openRecording } from '../../../src/store/index/open.js';
import { testFolder } from '../../support/folder.js';
import { labTest } from '../../support/programs.js';
import { qmptap, run } from '../../support/process.js';
import { typescript } from '../../support/typescript.js';
import { until } from '../../support/until.js';
import { made } from './canary.js';

const log = '-> {"execute":"stop"}\n<- {"return": {}}\n';

function messages(file: string): number {
  try {
    using reader = openRecording(file);
    return reader.count();
  } catch {
    return 0; // it has only begun
  }
}

describe('a log of any packing', () => {
  for (const [program, args] of [
    ['zstd', ['-q']],
    ['bzip2', []],
  ] as const) {
    labTest(program)(`packed by ${program}`, async () => {
      const folder = testFolder();
      const path = join(folder, 'packed');
      const { stdout } = spawnSync(program, ['--stdout', ...args], { input: log });
      writeFileSync(path, stdout);
      const { code, stderr } = await run(['import', path, '-o', join(folder, 'a.qmptap')]);
      expect([code, stderr]).toEqual([0, expect.stringContaining('2 messages of 1 session')]);
    });
  }

  test.each([
    ['utf16le', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['utf16be', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['utf8', (text: string) => Buffer.from(`\ufeff${text}`)],
  ])('in %s', async (_name, encode) => {
    const folder = testFolder();
    const path = join(folder, 'a.txt');
    writeFileSync(path, encode(log.replaceAll('stop', 'caf\u00e9')));
    const output = join(folder, 'a.qmptap');
    expect((await run(['import', path, '-o', output])).stderr).toContain('2 messages of 1 session (text)');
    using reader = openRecording(output);
    expect(reader.message(1, 1)?.name).toBe('caf\u00e9');
  });

  test('what holds no QMP says what it is and how to get it', async () => {
    const folder = testFolder();
    const path = join(folder, 'a.log');
    writeFileSync(path, '2026-05-01 10:00:00.000+0000: 1: info : libvirt version: 11.3.0\n');
    const { code, stderr } = await run(['import', path, '-o', join(folder, 'a.qmptap')]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/nothing of its monitors is in it; set log_filters/),
    ]);
    expect(readdirSync(folder)).toEqual(['a.log']);
  });
});

describe('a log that grows', () => {
  test('is a live recording, over its rotation, until a signal', async () => {
    const folder = testFolder();
    const path = join(folder, 'a.log');
    const output = join(folder, 'a.qmptap');
    writeFileSync(path, log);
    const following = qmptap(['import', '--follow', path, '-o', output]);
    await until('the first messages', () => messages(output) === 2 || undefined);
    appendFileSync(path, log.slice(0, 10));
    appendFileSync(path, log.slice(10));
    await until('more messages', () => messages(output) === 4 || undefined);
    renameSync(path, `${path}.1`);
    writeFileSync(path, log);
    await until('those of the new file', () => messages(output) === 6 || undefined);
    following.signal('SIGINT');
    expect(await following.ended).toBe(130);
    expect(following.stderr()).toContain('6 messages of 1 session (text)');
    using reader = openRecording(output);
    expect(reader.info.live).toBe(false);
    expect(reader.sessions()[0]?.end).toBe('cut-off');
  });

  test('from a pipe', async () => {
    const folder = testFolder();
    const output = join(folder, 'a.qmptap');
    const piped = qmptap(['import', '-', '-o', output], { stdio: ['pipe', 'pipe', 'pipe'] });
    piped.child.stdin?.write(log);
    await until('the first messages', () => messages(output) === 2 || undefined);
    piped.child.stdin?.end(log);
    expect(await piped.ended).toBe(0);
    expect(messages(output)).toBe(4);
  });

  test('of which nothing could be read leaves nothing', async () => {
    const folder = testFolder();
    const piped = qmptap(['import', '-', '-o', join(folder, 'a.qmptap')], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    piped.child.stdin?.end('hello\n');
    expect(await piped.ended).toBe(1);
    expect(piped.stderr()).toContain('its format is not recognised');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('qmptap import', () => {
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
    expect((await run(['ls', file])).stdout).toContain('a.log');
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

  test('a folder and a missing file are refused', async () => {
    const folder = testFolder();
    mkdirSync(join(folder, 'sub'));
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
