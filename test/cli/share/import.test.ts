import { spawnSync } from 'node:child_process';
import { appendFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openRecording } from '../../../src/store/index/open.js';
import { testFolder } from '../../support/folder.js';
import { labTest } from '../../support/programs.js';
import { qmptap, run } from '../../support/process.js';
import { until } from '../../support/until.js';

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
