import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createRecording } from '../../../src/store/index/recorder.js';
import { run, start } from '../../support/process.js';
import { everything, made, secret } from './canary.js';

describe('qmptap export', () => {
  test.each(['jsonl', 'text', 'html', 'replies', 'pcapng'])('%s, without secrets', async (format) => {
    const { folder, file } = await made();
    const out = join(folder, 'out');
    const { code, stderr, stdout } = await run(['export', file, '--format', format, '-o', join(out, 'x')]);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain(
      // A page has an error's text twice: in the message, and in what went wrong.
      format === 'html'
        ? 'redacted: 2 x a secret found elsewhere, 1 x a VNC or SPICE password; --no-redact'
        : 'redacted: 1 x a VNC or SPICE password, 1 x a secret found elsewhere; --no-redact',
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
