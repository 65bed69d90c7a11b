/** The formats as the programs write and read them: libvirt, QEMU, Wireshark, vitest, pytest. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { openRecording } from '../../src/store/index/open.js';
import { captureOf, connection, links, plainForm } from '../support/capture.js';
import { disguises, recordsOf } from '../support/disguises.js';
import { testFolder } from '../support/folder.js';
import { latin1 } from '../support/frames.js';
import { imported } from '../support/imported.js';
import { Libvirt } from '../support/libvirt.js';
import { qmptap, run, start } from '../support/process.js';
import { findProgram, labTest } from '../support/programs.js';
import { startQemu } from '../support/qemu.js';
import { negotiated } from '../support/qmp-client.js';
import { until } from '../support/until.js';

const libvirtPrograms = ['libvirtd', 'virsh', 'qemu-system-x86_64', 'qemu-img', 'unshare', 'bash'];
const libvirtTest = labTest(...libvirtPrograms);
const qemuTest = labTest('qemu-system-x86_64');
const usable = libvirtPrograms.every((program) => findProgram(program) !== undefined);

async function done(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await run(args);
  if (code !== 0) throw new Error(`qmptap ${args.join(' ')}: ${String(code)}: ${stdout}${stderr}`);
  return { stdout, stderr };
}

function emulator(path: string, ...flags: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, ['dist/cli/main.js', 'emulator', path, ...flags]);
  if (status !== 0) throw new Error(stderr.toString());
}

describe('what libvirt writes', () => {
  let libvirt: Libvirt;
  let path: string;
  let recordings: string;
  let capabilities: string;

  beforeAll(async () => {
    if (!usable) return;
    libvirt = await Libvirt.start({ debug: true });
    path = join(libvirt.files, 'emulator');
    recordings = join(libvirt.files, 'recordings');
    emulator(path, '--qemu', 'qemu-system-x86_64', '--recordings', recordings, '--probe');
    await libvirt.define('vm', path);
    for (const command of ['start', 'suspend', 'resume']) await libvirt.virsh(command, 'vm');
    await libvirt.virsh('save', 'vm', join(libvirt.files, 'saved'));
    capabilities = await libvirt.virsh('domcapabilities', '--emulatorbin', path);
    await until('the recordings to be whole', () =>
      readdirSync(recordings).every((file) => file.endsWith('.qmptap')),
    );
  }, 180_000);

  afterAll(async () => {
    if (usable) await libvirt[Symbol.asyncDispose]();
  });

  libvirtTest(
    'its log, imported, is what was recorded of the same VM',
    async () => {
      const log = join(libvirt.folder, 'libvirtd.log');
      const fromLog = join(libvirt.files, 'imported.qmptap');
      const { stderr } = await done('import', log, '-o', fromLog);
      expect(stderr).not.toContain('left out');
      const file = join(recordings, readdirSync(recordings).find((name) => name.includes('-vm')) ?? '');
      using from = openRecording(fromLog);
      const session = from.sessions().find(({ label, dialect }) => label === 'vm' && dialect === 'qmp');
      using recorded = openRecording(file);
      const own = recorded.sessions().find(({ dialect }) => dialect === 'qmp');
      expect(session?.notes[0]).toMatch(/^reconstructed/);
      const texts = (reader: typeof from, id: number | undefined, dir: string): string[] =>
        Array.from(reader.messages({ session: id }), (one) =>
          one.dir === dir ? Buffer.from(one.raw).toString() : '',
        ).filter((text) => text !== '');
      expect(texts(from, session?.id, 'c2s')).toEqual(texts(recorded, own?.id, 'c2s'));
      const fds = (reader: typeof from, id: number | undefined): number[] =>
        Array.from(
          reader.messages({ session: id, where: { op: 'compare', field: 'fds', is: '>', value: 0 } }),
          ({ fds: count }) => count,
        );
      expect(fds(from, session?.id)).toEqual(fds(recorded, own?.id));
      expect(fds(from, session?.id).length).toBeGreaterThan(0);
      const { stdout } = await run([
        'diff',
        fromLog,
        file,
        '--session',
        `${session?.id ?? 0},${own?.id ?? 0}`,
      ]);
      expect(stdout).toMatch(/\d+ of \d+ exchanges/);
      // libvirt kills QEMU after the save, and may close before it hears of it.
      expect(
        stdout.split('\n').filter((line) => /^[-+] /.test(line) && !line.includes('host-signal')),
      ).toEqual([]);
    },
    120_000,
  );

  libvirtTest(
    'its log gives the same messages in each way in which people have it',
    () => {
      const log = readFileSync(join(libvirt.folder, 'libvirtd.log'), 'latin1');
      const messages = (text: string): string[] =>
        Array.from(
          imported(text).recording.messages(),
          ({ session, dir, fds, raw }) => `${session} ${dir} ${fds} ${latin1(raw)}`,
        );
      const expected = messages(log);
      expect(expected.length).toBeGreaterThan(100);
      const records = recordsOf(log);
      for (const [name, disguise] of Object.entries(disguises))
        expect([name, ...messages(disguise(records))]).toEqual([name, ...expected]);
    },
    300_000,
  );

  libvirtTest(
    'a probing goes out as replies and comes back equal, and libvirt takes it for a QEMU',
    async () => {
      const again = join(libvirt.files, 'again');
      mkdirSync(again);
      const probings = readdirSync(recordings).filter((name) => name.includes('probing'));
      expect(probings.length).toBeGreaterThan(0);
      for (const name of probings) {
        const replies = join(libvirt.files, `${name}.replies`);
        const { stderr } = await done('export', join(recordings, name), '--format', 'replies', '-o', replies);
        expect(stderr.replace(/left out: \d+ events?\n/, '')).not.toContain('left out');
        using original = openRecording(join(recordings, name));
        const label = original.sessions()[0]?.label ?? '';
        await done('import', replies, '--label', label, '-o', join(again, name));
        using copy = openRecording(join(again, name));
        // The greeting is known only where the version was asked for.
        const asked = [...original.messages()].some(({ name: of }) => of === 'query-version');
        const texts = (reader: typeof copy): string[] =>
          Array.from(reader.messages(), ({ raw, kind }) =>
            kind === 'event' || (kind === 'greeting' && !asked) ? '' : Buffer.from(raw).toString(),
          ).filter((text) => text !== '');
        expect(texts(copy)).toEqual(texts(original));
      }
      const replaying = join(libvirt.files, 'replaying');
      emulator(replaying, '--replay', again);
      const seen = await libvirt.virsh('domcapabilities', '--emulatorbin', replaying);
      expect(seen.replaceAll(replaying, path)).toBe(capabilities);
    },
    120_000,
  );
});

describe('a real QEMU', () => {
  const canary = 'Canary-3f9a1c';

  qemuTest('record --redact: a secret never reaches the disk, QEMU gets it', async () => {
    const folder = testFolder();
    const { socket } = await startQemu(folder);
    const out = join(folder, 'out');
    mkdirSync(out);
    const file = join(out, 'r.qmptap');
    const running = qmptap([
      'record',
      '--listen',
      join(folder, 'tap'),
      '--connect',
      socket,
      '-o',
      file,
      '--redact',
      '--rule',
      'key:opaque',
      '-q',
    ]);
    await running.says(/recording/);
    const client = await negotiated(join(folder, 'tap'));
    client.send(
      `{"execute":"object-add","arguments":{"qom-type":"secret","id":"s0","data":"${canary}"},"id":1}\r\n`,
    );
    await client.receives(/"return": \{\}, "id": 1/);
    client.send(
      `{"execute":"human-monitor-command","arguments":{"command-line":"set_password vnc ${canary}"},"id":2}\r\n`,
    );
    await client.receives(/"id": 2/);
    client.send(`{"execute":"${canary}","arguments":{"opaque":"${canary}"},"id":3}\r\n`);
    await client.receives(new RegExp(`${canary} has not been found`));
    client.send(`{"execute":"set_pass`);
    client.send(`word","arguments":{"password":"${canary.slice(0, 6)}`);
    client.send(`${canary.slice(6)}\n"}}\r\n`);
    await client.receives(/stray/);
    const everything = (): string =>
      readdirSync(out)
        .map((name) => readFileSync(join(out, name), 'latin1'))
        .join('');
    await until('the recorder to write', () => everything().includes('human-monitor-command'));
    const names = readdirSync(out);
    expect(names.length).toBeGreaterThan(1);
    const during = everything();
    await client.end();
    running.signal('SIGTERM');
    expect(await running.ended).toBe(143);
    for (const bytes of [during, everything()])
      expect(/.{0,40}(?:Canary|3f9a1c).{0,40}/s.exec(bytes)).toBeNull();
    const shown = await done('show', file, '--json');
    expect(shown.stdout).toMatch(/"notes":\["redacted: /);
    expect(shown.stdout).toContain('[redacted:1]');
  });

  qemuTest('its trace log is imported', async () => {
    const folder = testFolder();
    const log = join(folder, 'trace.log');
    const trace = [
      '-trace',
      'monitor_qmp_*',
      '-trace',
      'handle_qmp_command',
      '-msg',
      'timestamp=on',
      '-D',
      log,
    ];
    const qemu = await startQemu(folder, {
      machine: ['-machine', 'none', '-nodefaults', '-display', 'none', ...trace],
    });
    const client = await negotiated(qemu.socket);
    client.execute('query-status', undefined, 'x');
    await client.receives(/"x"/);
    await client.end();
    qemu.signal('SIGTERM');
    await qemu.ended;
    const { stderr } = await done('import', log, '-o', join(folder, 't.qmptap'));
    expect(stderr).toContain('(qemu-trace)');
    const { stdout } = await done('show', join(folder, 't.qmptap'), 'cmd:query-status', '--json');
    expect(stdout).toMatch(/"kind":"success".*"command":"query-status"/);
  });
});

describe('what others read', () => {
  async function recording(folder: string): Promise<string> {
    const { socket } = await startQemu(folder);
    const file = join(folder, 'r.qmptap');
    const running = qmptap([
      'record',
      '--listen',
      join(folder, 'tap'),
      '--connect',
      socket,
      '-o',
      file,
      '-q',
      '--once',
    ]);
    await running.says(/recording/);
    const client = await negotiated(join(folder, 'tap'));
    client.execute('query-version', undefined, 1);
    await client.receives(/"id": 1/);
    client.execute('no-such-command', undefined, 2);
    await client.receives(/"id": 2/);
    await client.end();
    await running.ended;
    return file;
  }

  labTest('tshark')('Wireshark reads the captures that the tests of import make', async () => {
    const said = [
      ['server', '{"QMP": {}}\r\n'],
      ['client', '{"execute":"stop"}\n'],
    ] as const;
    for (const link of links) {
      const file = join(testFolder(), `${link}.pcap`);
      writeFileSync(
        file,
        captureOf(connection(said), { ...plainForm, file: 'pcap', link, ip: link === 'ipv6' ? 6 : 4 }),
      );
      const shark = start('tshark', [
        '-r',
        file,
        '-Y',
        'tcp.port == 4444',
        '-T',
        'fields',
        '-e',
        'tcp.payload',
      ]);
      expect(await shark.ended).toBe(0);
      const payloads = shark
        .stdout()
        .split('\n')
        .filter((line) => line !== '');
      expect([link, ...payloads.map((hex) => Buffer.from(hex, 'hex').toString())]).toEqual([
        link,
        ...said.map(([, text]) => text),
      ]);
    }
  });

  labTest('qemu-system-x86_64', 'tshark')('Wireshark dissects each message', async () => {
    const folder = testFolder();
    const file = await recording(folder);
    const out = join(folder, 'r.pcapng');
    await done('export', file, '--format', 'pcapng', '-o', out);
    const fields = ['frame.packet_flags_direction', 'frame.comment', '_ws.col.Protocol', 'json.key'];
    const shark = start('tshark', ['-r', out, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])]);
    expect(await shark.ended).toBe(0);
    const rows = shark
      .stdout()
      .trimEnd()
      .split('\n')
      .map((row) => row.split('\t'));
    expect(rows.map(([direction, comment]) => [direction, comment?.replace(/,.*/, '')])).toEqual([
      ['0x00000001', '<- #1 greeting'],
      ['0x00000002', '-> #2 command qmp_capabilities'],
      ['0x00000001', '<- #3 success qmp_capabilities'],
      ['0x00000002', '-> #4 command query-version'],
      ['0x00000001', '<- #5 success query-version'],
      ['0x00000002', '-> #6 command no-such-command'],
      ['0x00000001', '<- #7 error no-such-command'],
    ]);
    for (const [, , protocol, keys] of rows) {
      expect(protocol).toBe('QMP/JSON');
      expect(keys).toMatch(/execute|QMP|return|error/);
    }
  });

  qemuTest(
    'vitest runs the exported test',
    async () => {
      const folder = testFolder();
      const file = await recording(folder);
      mkdirSync(join(folder, 'node_modules'));
      symlinkSync(resolve('.'), join(folder, 'node_modules/qmptap'));
      symlinkSync(resolve('node_modules/vitest'), join(folder, 'node_modules/vitest'));
      writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
      await done('export', file, '--format', 'vitest', '-o', join(folder, 'r.test.ts'));
      const vitest = resolve('node_modules/vitest/vitest.mjs');
      const tests = start(process.execPath, [vitest, 'run', '--root', folder, '--reporter=verbose']);
      const code = await tests.ended;
      expect(tests.stdout() + tests.stderr()).toMatch(/1 passed/);
      expect(code).toBe(0);
    },
    60_000,
  );

  const python = ['python3', '/usr/bin/python3'].find(
    (program) => spawnSync(program, ['-m', 'pytest', '--version']).status === 0,
  );
  labTest('qemu-system-x86_64', ...(python === undefined ? ['pytest'] : []))(
    'pytest runs the exported test',
    async () => {
      const folder = testFolder();
      const file = await recording(folder);
      await done('export', file, '--format', 'pytest', '-o', join(folder, 'test_r.py'));
      const program = join(folder, 'qmptap');
      writeFileSync(program, `#!/bin/sh\nexec ${process.execPath} ${resolve('dist/cli/main.js')} "$@"\n`, {
        mode: 0o700,
      });
      const env = { ...process.env, QMPTAP: program };
      const tests = start(
        python ?? '',
        ['-m', 'pytest', '-p', 'no:cacheprovider', join(folder, 'test_r.py')],
        { env },
      );
      const code = await tests.ended;
      expect(tests.stdout() + tests.stderr()).toMatch(/1 passed/);
      expect(code).toBe(0);
    },
    60_000,
  );
});
