/** What a stranger has named or sent reaches a terminal only escaped, whichever command prints it. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRecording } from '../../src/store/index/recorder.js';
import { testFolder } from '../support/folder.js';
import { run } from '../support/process.js';
import { PtyScreen } from '../support/pty-screen.js';
import { latin1, sessionStart } from '../support/recorded.js';

/** A title, a clipboard, a cleared screen in one byte or two, a turned direction, a lone surrogate's bytes. */
const evil = '\u001b]0;pwned\u0007\u001b]52;c;cHduZWQ=\u0007\u009b2J\u001b[2J\u202e\u2066\u0008\u007f';
const name = `boot${evil}\n.qmptap`;

/** Everything that a terminal might obey, but for line ends and our own colours. */
const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

async function hostileRecording(): Promise<string> {
  const path = join(testFolder(), name);
  const recorder = await createRecording(path, { createdBy: evil, onTrouble: () => undefined });
  const peer = { address: `unix:/run/${evil}`, pid: 1, uid: 0, gid: 0, program: evil };
  const session = recorder.open({ ...sessionStart(), label: evil, client: peer, server: peer }, 0);
  const json = JSON.stringify(evil);
  const lines = [
    `<- {"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}, "package": ${json}}, "capabilities": [${json}]}}`,
    `-> {"execute":${json},"arguments":{${json}:${json}},"id":${json}}`,
    `<- {"error":{"class":${json},"desc":${json}},"id":${json}}`,
    `-> {"execute":"device_del","arguments":{"id":${json}}}`,
    `<- {"return":{}}`,
    `<- {"event":${json},"data":{${json}:${json}},"timestamp":{"seconds":1,"microseconds":2}}`,
    `-> ${evil}{"execute":`,
    `-> {"execute":"never-answered","id":${json}}`,
  ];
  lines.forEach((line, at) => {
    const dir = line.startsWith('->') ? 'c2s' : 's2c';
    recorder.chunk(session, { dir, t: (at + 1) * 1e6, bytes: Buffer.from(`${line.slice(3)}\r\n`), fds: 0 });
  });
  recorder.chunk(session, { dir: 's2c', t: 9e6, bytes: latin1('{"ret\u009b\u001b[2J'), fds: 0 });
  recorder.note(session, 10e6, evil);
  recorder.close(session, 11e6, 'client-reset', evil);
  await recorder.finish();
  return path;
}

/** What a command writes to a terminal, both ways. */
async function written(args: string[], env: Record<string, string> = {}): Promise<string> {
  const pty = new PtyScreen(process.execPath, ['dist/cli/main.js', ...args], { columns: 200, env });
  await pty.ended;
  return pty.written.replaceAll(/\u001b\[[\d;]*m|\r\n/g, '\n');
}

describe('on a terminal', () => {
  test.each([
    ['show', ['FILE']],
    ['show --pretty', ['FILE', '--pretty']],
    ['show --raw', ['FILE', '--raw']],
    ['show --json', ['FILE', '--json']],
    ['show --explain', ['FILE', '--explain', '2']],
    ['ls', ['FILE']],
    ['ls', ['FOLDER']],
    ['ls', ['FOLDER', '--json']],
    ['stats', ['FILE']],
    ['stories', ['FILE']],
    ['check', ['FILE']],
    ['schema', ['FILE']],
    ['diff', ['FILE', 'FILE']],
    ['redact', ['FILE', '--dry-run']],
    ['export --format text', ['FILE', '--format', 'text']],
    ['export --format jsonl', ['FILE', '--format', 'jsonl']],
    ['export --format replies', ['FILE', '--format', 'replies']],
    ['export --format vitest', ['FILE', '--format', 'vitest']],
    ['export --format pytest', ['FILE', '--format', 'pytest']],
    ['import', ['FILE']],
    ['replay client --dry-run', ['client', 'FILE', '--dry-run']],
    ['replay client', ['client', 'FILE', '--connect', '/nowhere/FILE']],
    ['replay server', ['server', 'FILE', '--listen', '/nowhere/FILE']],
  ])('%s %j', async (command, args) => {
    const path = await hostileRecording();
    const words = args.map((word) =>
      word.replace('FILE', () => path).replace('FOLDER', () => join(path, '..')),
    );
    const text = await written([command.split(' ')[0] ?? '', ...words]);
    expect(text).toMatch(/\S/);
    expect(text.replaceAll('\n', '')).not.toMatch(obeyed);
  });

  test.each([
    [['show', evil]],
    [[evil]],
    [['show', 'x.qmptap', `--${evil}`]],
    [['show', 'x.qmptap', `cmd:(${evil}`]],
    [['record', '--listen', evil, '--connect', evil]],
    [['record', '--listen', `/nowhere/${evil}`, '--connect', `/nowhere/${evil}`]],
    [['run', '--', evil]],
    [['run', '--', evil, '-qmp', `unix:/nowhere/${evil},server=on`]],
    [['emulator', evil, '--qemu', evil, '--recordings', evil]],
    [['doctor', `./${evil}`]],
    [['--log-level', evil, 'record', '--listen', '/tmp/x', '--connect', '/tmp/y']],
    [['--debug', 'show', evil]],
  ])('a mistake in the words themselves: %j', async (args) => {
    const text = await written(args);
    expect(text).toMatch(/qmptap: /);
    expect(text.replaceAll('\n', '')).not.toMatch(obeyed);
  });

  test('without UTF-8, all of it is ASCII, our own dots and bars too', async () => {
    const path = await hostileRecording();
    for (const args of [
      ['show', path],
      ['stats', path],
      ['ls', path],
    ]) {
      const text = await written(args, { LC_ALL: 'C' });
      expect(text).toMatch(/^[\n -~]+$/);
    }
    expect(await written(['show', path], { LC_ALL: 'C' })).toContain('# session 1 - ');
    expect(await written(['show', path], { LC_ALL: 'de_DE.UTF-8' })).toContain('# session 1 · ');
  });

  test('the UI draws no more than ASCII there', async () => {
    const path = await hostileRecording();
    const pty = new PtyScreen(process.execPath, ['dist/cli/main.js', 'ui', path], { env: { LC_ALL: 'C' } });
    await pty.shows(/keys/);
    pty.type('S');
    await pty.shows(/statistics/i);
    pty.type('Q');
    await pty.ended;
    expect(pty.written).not.toMatch(/[^\u0000-\u007f]/);
  });
});

test.each([
  ['pretty', /^[^\u0000-\u001f\u0080-\u009f]*$/],
  ['json', /^\{[ -~]*\}$/],
])('a log line is one line, in a file too: %s', async (format, line) => {
  const path = await hostileRecording();
  const words = ['--log-format', format, 'replay', 'server', path, '--listen', 'tcp:127.0.0.1:0', '--exec'];
  const { stderr } = await run([...words, '--', 'true']);
  expect(stderr).toContain('pwned');
  for (const each of stderr.trimEnd().split('\n')) expect(each).toMatch(line);
});
