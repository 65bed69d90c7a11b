/**
 * A folder with the files that examples name, and a shell that runs them as written: to the end, until Ctrl-C, or in a
 * terminal.
 */
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Direction } from '../../src/recording/message.js';
import { openRecording } from '../../src/store/index/open.js';
import { createRecording } from '../../src/store/index/recorder.js';
import { start } from '../support/process.js';
import { PtyScreen } from '../support/pty-screen.js';
import { sessionStart } from '../support/recorded.js';
import { recordingFile } from '../support/recording-file.js';
import { ownEnvironment } from './clone.js';

/** The result of a command. */
export interface Ran {
  readonly code: number | string;
  /** Standard output and standard error. */
  readonly output: string;
}

/** `bin` gets a qmptap and what some systems lack; recordings go into the folder. */
export function environmentOf(folder: string, program = resolve('dist/cli/main.js')): Record<string, string> {
  const bin = join(folder, '.bin');
  mkdirSync(bin);
  symlinkSync(program, join(bin, 'qmptap'));
  writeFileSync(join(bin, 'pytest'), '#!/bin/sh\nexec python3 -m pytest -q -p no:cacheprovider "$@"\n', {
    mode: 0o755,
  });
  const env = ownEnvironment({
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    QMPTAP_HOME: join(folder, '.home'),
  });
  return env as Record<string, string>;
}

export class Place {
  readonly folder: string;
  readonly env: Record<string, string>;

  constructor(folder: string, env = environmentOf(folder)) {
    this.folder = folder;
    this.env = env;
  }

  /** Runs a command to its end; 124 if that does not come within two minutes. */
  async run(command: string): Promise<Ran> {
    const running = start('timeout', ['120', 'bash', '-c', command], { cwd: this.folder, env: this.env });
    const code = await running.ended;
    return { code, output: running.stderr() + running.stdout() };
  }

  /** Ends a command that runs until Ctrl-C, once it says so; `meanwhile` happens before. */
  async interrupt(command: string, meanwhile: () => Promise<void> = () => Promise.resolve()): Promise<Ran> {
    const running = start('bash', ['-c', `exec ${command}`], { cwd: this.folder, env: this.env });
    await running.says(/Ctrl-C ends/);
    await meanwhile();
    running.signal('SIGINT');
    const code = await running.ended;
    return { code, output: running.stderr() + running.stdout() };
  }

  /** Starts a command that draws on a terminal: each key is typed once the screen shows what is before it. */
  async draw(
    command: string,
    ...steps: readonly (readonly [shows: string | RegExp, key: string])[]
  ): Promise<Ran> {
    const screen = new PtyScreen('bash', ['-c', `exec ${command}`], { env: this.env, cwd: this.folder });
    let output = '';
    for (const [shows, key] of steps) {
      output = await screen.shows(shows);
      screen.type(key);
    }
    const { exitCode, signal } = await screen.ended;
    return { code: signal === undefined || signal === 0 ? exitCode : `signal ${String(signal)}`, output };
  }
}

/** `boot.qmptap` holds a schema too, `twice.qmptap` two sessions, `save.qmptap` a descriptor; and a test for the first. Gives their names. */
export async function fillRecordings(folder: string): Promise<readonly string[]> {
  const demo = told('recordings/demo.qmptap');
  const schema = told('recordings/schema.qmptap').filter((line) => /query-qmp-schema|meta-type/.test(line));
  const boot = [...demo.slice(0, 3), ...schema, ...demo.slice(3)];
  await recordingFile(join(folder, 'boot.qmptap'), boot);
  await recordingFile(join(folder, 'twice.qmptap'), demo, boot);
  await recordDescriptor(join(folder, 'save.qmptap'), demo);
  const commands = boot.filter((line) => line.startsWith('->')).map((line) => line.slice(3));
  mkdirSync(join(folder, 'tests'));
  writeFileSync(join(folder, 'tests/test_boot.py'), inOrder(commands));
  return ['boot.qmptap', 'twice.qmptap', 'save.qmptap'];
}

/** Recordings of these names, a log of libvirt's, and a client. */
export function fillFiles(folder: string, recordings: readonly string[]): void {
  for (const name of recordings) copyFileSync('recordings/schema.qmptap', join(folder, name));
  writeFileSync(join(folder, 'libvirtd.log'), log);
  writeFileSync(join(folder, 'libvirtd.log.1.gz'), gzipSync(log));
  writeFileSync(join(folder, 'client.py'), client, { mode: 0o755 });
}

/** A recording's messages as `recordingFile` takes them. */
function told(path: string): string[] {
  using reader = openRecording(path);
  return Array.from(reader.messages(), ({ dir, raw }) => {
    return `${dir === 'c2s' ? '->' : '<-'} ${Buffer.from(raw).toString().trimEnd()}`;
  });
}

async function recordDescriptor(path: string, [greeting = '']: readonly string[]): Promise<void> {
  const recording = await createRecording(path, { createdBy: 'test', onTrouble: () => undefined });
  const session = recording.open(sessionStart(), 0);
  const say = (dir: Direction, t: number, text: string, fds = 0): void => {
    recording.chunk(session, { dir, t, bytes: Buffer.from(`${text}\r\n`), fds });
  };
  say('s2c', 1, greeting.slice(3));
  say('c2s', 2, '{"execute":"qmp_capabilities"}');
  say('s2c', 3, '{"return": {}}');
  say('c2s', 4, '{"execute":"getfd","arguments":{"fdname":"migrate"}}', 1);
  say('s2c', 5, '{"return": {}}');
  recording.close(session, 6, 'client-closed', undefined);
  await recording.finish();
}

function inOrder(commands: readonly string[]): string {
  return `import os, socket
def test_boot():
    monitor = socket.socket(socket.AF_UNIX)
    monitor.connect(os.environ["QMPTAP_ADDRESS"].removeprefix("unix:"))
    answers = monitor.makefile("rb")
    for command in ${JSON.stringify(commands)}:
        monitor.sendall(command.encode())
        for answer in answers:
            if b'"return"' in answer or b'"error"' in answer:
                break
`;
}

/** As libvirt logs what it says to QEMU. */
const log = `2026-11-26 10:00:00.001+0000: 1234: info : qemuMonitorIOProcess:421 : QEMU_MONITOR_IO_PROCESS: mon=0x7f0001 buf={"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""}, "capabilities": ["oob"]}} len=120
2026-11-26 10:00:00.002+0000: 1234: info : qemuMonitorSend:944 : QEMU_MONITOR_SEND_MSG: mon=0x7f0001 msg={"execute":"qmp_capabilities","id":"libvirt-1"} fd=-1
2026-11-26 10:00:00.003+0000: 1234: info : qemuMonitorJSONIOProcessLine:223 : QEMU_MONITOR_RECV_REPLY: mon=0x7f0001 reply={"return": {}, "id": "libvirt-1"}
`;

/** Asks for what no recording holds. */
const client = `#!/usr/bin/env python3
import os, socket
monitor = socket.socket(socket.AF_UNIX)
monitor.connect(os.environ["QMPTAP_ADDRESS"].removeprefix("unix:"))
answers = monitor.makefile("rb")
for command in b"", b'{"execute":"qmp_capabilities"}', b'{"execute":"query-stat"}':
    monitor.sendall(command)
    answers.readline()
`;
