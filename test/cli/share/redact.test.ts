/** What is told of a session, and marks, hold secrets as well as messages do. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRecording } from '../../../src/store/index/recorder.js';
import { StoredMarks } from '../../../src/store/read/marks.js';
import { commandLine } from '../../../src/text/command-line.js';
import { testFolder } from '../../support/folder.js';
import { qmptap, run } from '../../support/process.js';
import { greeting, latin1, sessionStart } from '../../support/recorded.js';
import { recordingFile } from '../../support/recording-file.js';
import { everything, made as talked, secret } from './canary.js';

/** Known by the first alone: the others say nothing of what it is. */
const sent = `{"execute":"set_password","arguments":{"protocol":"vnc","password":"${secret}"},"id":1}`;
const notes = [
  commandLine(['/usr/bin/qemu', '-object', `secret,id=s,data=other ${secret}`, '-name', `guest=${secret}`]),
  `nothing is known of ${secret}`,
];

async function made(): Promise<{ folder: string; file: string }> {
  const folder = testFolder();
  const file = join(folder, 'a.qmptap');
  const recording = await createRecording(file, { createdBy: 'test', onTrouble: () => undefined });
  const id = recording.open(
    sessionStart({
      label: `vm ${secret}`,
      client: { address: `unix:/run/${secret}/monitor.sock`, program: secret.slice(0, 15) },
      server: { address: `unix:/run/%43anary-3f9a1c` },
    }),
    0,
  );
  for (const note of notes) recording.note(id, 0, note);
  recording.chunk(id, { dir: 's2c', t: 1e6, bytes: latin1(`${greeting}\r\n`), fds: 0 });
  recording.chunk(id, { dir: 'c2s', t: 2e6, bytes: latin1(`${sent}\r\n`), fds: 0 });
  recording.chunk(id, { dir: 's2c', t: 3e6, bytes: latin1('{"return": {}, "id": 1}\r\n'), fds: 0 });
  recording.close(id, 4e6, 'server-reset', `reset by ${secret}`);
  await recording.finish();
  new StoredMarks(file).put({ session: 1, seq: 3, note: `it took ${secret}` });
  return { folder, file };
}

describe('what is told of a session', () => {
  test('has no secret in a redacted copy, and all else', async () => {
    const { folder, file } = await made();
    const copy = join(folder, 'out', 'b.qmptap');
    expect(await run(['redact', file, '-o', copy])).toMatchObject({ code: 0 });
    expect(everything(join(folder, 'out'))).not.toMatch(/anary|3f9a1c/);
    const { stdout } = await run(['show', copy, '--json']);
    const session = stdout.split('\n')[1] ?? '';
    expect(JSON.parse(session)).toMatchObject({
      label: 'vm [redacted:2]',
      end: 'server-reset',
      notes: [
        "/usr/bin/qemu -object 'secret,id=s,data=[redacted:1]' -name guest=[redacted:2]",
        'nothing is known of [redacted:2]',
        expect.stringMatching(/^redacted: /),
      ],
    });
    expect(new StoredMarks(copy).marks()).toEqual([{ session: 1, seq: 3, note: 'it took [redacted:2]' }]);
  });

  test.each(['jsonl', 'text', 'html', 'pcapng', 'qmptap'])('has none in an export as %s', async (format) => {
    const { folder, file } = await made();
    const out = join(folder, 'out', 'x');
    const ended = await run(['export', file, '--format', format, '--redact', '-o', out]);
    expect(ended.code, ended.stderr).toBe(0);
    expect(everything(join(folder, 'out'))).not.toMatch(/anary|3f9a1c/);
  });

  test('is in the list of what would go', async () => {
    const { file } = await made();
    const { stdout } = await run(['redact', file, '--dry-run', '--json']);
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({
      type: 'secret',
      session: 1,
      of: 'session',
    });
  });
});

describe('an anonymised copy', () => {
  const script = [
    `<- ${greeting}`,
    '-> {"execute":"qmp_capabilities","id":"libvirt-1"}',
    '<- {"return": {}, "id": "libvirt-1"}',
    '-> {"execute":"query-name","id":"libvirt-2"}',
    '<- {"return": {"name": "acme-billing"}, "id": "libvirt-2"}',
    '-> {"execute":"blockdev-add","arguments":{"driver":"file","filename":"/srv/acme/b.qcow2"},"id":"libvirt-3"}',
    '<- {"return": {}, "id": "libvirt-3"}',
    '<- {"timestamp": {"seconds": 1, "microseconds": 2}, "event": "VNC_CONNECTED", "data": {"client": {"host": "192.168.7.9", "service": "1"}}}',
  ];

  test('tells nobody whose it is, replays against itself and compares with another', async () => {
    const folder = testFolder();
    const copies = [];
    for (const name of ['a', 'b']) {
      const file = await recordingFile(join(folder, `${name}.qmptap`), script);
      const copy = join(folder, 'out', `${name}.qmptap`);
      expect(await run(['redact', file, '-o', copy, '--anonymise'])).toMatchObject({ code: 0 });
      copies.push(copy);
    }
    expect(everything(join(folder, 'out'))).not.toMatch(/acme|192\.168/);
    expect(await run(['diff', ...copies])).toMatchObject({ code: 0 });
    const [copy = ''] = copies;
    const replayed = await run([
      ...['replay', 'server', copy, '--listen', join(folder, 's'), '--once', '--exec', '--'],
      ...[process.execPath, 'dist/cli/main.js', 'replay', 'client', copy, '--connect', join(folder, 's')],
    ]);
    expect(replayed.code, replayed.stderr).toBe(0);
  });
});

describe('qmptap redact', () => {
  test('leaves no trace, and all else', async () => {
    const { folder, file } = await talked();
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
    const { folder, file } = await talked();
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
    const { folder, file } = await talked();
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

  test('never replaces what it copies', async () => {
    const { file } = await talked();
    const { code, stderr } = await run(['redact', file, '-o', file, '--force']);
    expect(code).toBe(2);
    expect(stderr).toContain('that is the recording itself; choose another name');
  });
});
