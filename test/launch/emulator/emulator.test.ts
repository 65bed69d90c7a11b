import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emulatorFacts } from '../../../src/launch/emulator/emulator-facts.js';
import {
  isEmulator,
  writeRecordingEmulator,
  writeReplayingEmulator,
} from '../../../src/launch/emulator/emulator.js';
import { testFolder } from '../../support/folder.js';
import { run } from '../../support/process.js';

const common = { force: false, version: 'qmptap 0', program: ['/node', '/main.js'] };

/** A folder with a file that stands for QEMU. */
function folderWithQemu(): { folder: string; qemu: string } {
  const folder = testFolder();
  const qemu = join(folder, 'qemu-system-x86_64');
  writeFileSync(qemu, '');
  chmodSync(qemu, 0o755);
  return { folder, qemu };
}

describe('writing an emulator', () => {
  test('that records makes an executable and the folder', () => {
    const { folder, qemu } = folderWithQemu();
    const [path, recordings] = [join(folder, 'emulator'), join(folder, 'a', 'b')];
    const options = { ...common, path, qemu, recordings, agent: true, probe: false, limits: ['--keep', '3'] };
    writeRecordingEmulator(options);
    expect(statSync(path).mode & 0o777).toBe(0o755);
    expect(statSync(recordings).mode & 0o777).toBe(0o700);
    expect(isEmulator(path)).toBe(true);
    expect(emulatorFacts(readFileSync(path, 'utf8'))).toMatchObject({ qemu, recordings: [recordings] });
    expect(readFileSync(path, 'utf8')).toContain(' --agent --keep 3)');
    // Again: it is ours.
    writeRecordingEmulator({ ...options, agent: false });
    expect(readFileSync(path, 'utf8')).not.toContain(' --agent)');
    expect(readdirSync(folder).sort()).toEqual(['a', 'emulator', 'qemu-system-x86_64']);
  });

  test('replaces no pipe, whatever it is told', () => {
    const { folder, qemu } = folderWithQemu();
    const [path, recordings] = [join(folder, 'pipe'), join(folder, 'recordings')];
    execFileSync('mkfifo', [path]);
    const options = {
      ...common,
      force: true,
      path,
      qemu,
      recordings,
      agent: false,
      probe: false,
      limits: [],
    };
    expect(() => {
      writeRecordingEmulator(options);
    }).toThrow('it is no file that could be replaced');
    expect(statSync(path).isFIFO()).toBe(true);
    expect(existsSync(recordings)).toBe(false);
  });

  test('replaces nothing that is not ours, unless told to', () => {
    const { folder, qemu } = folderWithQemu();
    const path = join(folder, 'precious');
    writeFileSync(path, 'precious');
    const options = {
      ...common,
      path,
      qemu,
      recordings: join(folder, 'r'),
      agent: false,
      probe: false,
      limits: [],
    };
    expect(() => {
      writeRecordingEmulator(options);
    }).toThrow(`${path}: it exists, and qmptap did not write it`);
    expect(readFileSync(path, 'utf8')).toBe('precious');
    writeRecordingEmulator({ ...options, force: true });
    expect(isEmulator(path)).toBe(true);
  });

  test('never replaces QEMU', () => {
    const { folder, qemu } = folderWithQemu();
    const options = {
      ...common,
      force: true,
      path: qemu,
      qemu,
      recordings: folder,
      agent: false,
      probe: false,
      limits: [],
    };
    expect(() => {
      writeRecordingEmulator(options);
    }).toThrow('it would replace QEMU itself');
    const link = join(folder, 'link');
    symlinkSync(qemu, link);
    expect(() => {
      writeRecordingEmulator({ ...options, path: link });
    }).toThrow('it would replace QEMU itself');
    expect(readFileSync(qemu, 'utf8')).toBe('');
  });

  test('that replays needs the recordings to be there', () => {
    const folder = testFolder();
    const [path, file] = [join(folder, 'emulator'), join(folder, 'vm.qmptap')];
    const options = { ...common, path, replay: [file], qemu: undefined };
    expect(() => {
      writeReplayingEmulator(options);
    }).toThrow(`--replay ${file}: there is no such file or folder`);
    expect(existsSync(path)).toBe(false);
    writeFileSync(file, '');
    writeReplayingEmulator(options);
    expect(emulatorFacts(readFileSync(path, 'utf8'))).toMatchObject({
      kind: 'replaying',
      recordings: [file],
    });
  });

  test('on the command line, prints the line for the XML; says what is missing or contradicts itself', async () => {
    const { folder, qemu } = folderWithQemu();
    const path = join(folder, 'e');
    const { code, stdout } = await run(['emulator', path, '--qemu', qemu, '--recordings', join(folder, 'r')]);
    expect(code).toBe(0);
    expect(stdout).toContain(`<emulator>${path}</emulator>`);
    const refused = async (...flags: readonly string[]): Promise<string> => {
      const result = await run(['emulator', path, ...flags]);
      expect(result.code).toBe(2);
      return result.stderr;
    };
    expect(await refused()).toContain('give one of --recordings DIR and --replay FILE');
    expect(await refused('--recordings', folder)).toContain('the QEMU to start is not given');
    expect(await refused('--replay', folder, '--agent')).toContain('--replay: it records nothing');
    expect(await refused('--recordings', folder, '--qemu', 'no-such-qemu')).toContain(
      'no-such-qemu: there is no such program',
    );
    mkdirSync(join(folder, 'd'));
    expect(
      await run(['emulator', join(folder, 'no', 'e'), '--qemu', qemu, '--recordings', folder]),
    ).toMatchObject({
      code: 1,
      stderr: `qmptap: ${join(folder, 'no', 'e')}: cannot be written: no such file or folder; choose another place\n`,
    });
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(await run(['emulator', join(folder, 'e'), '--qemu', qemu, '--recordings', file])).toMatchObject({
      code: 1,
      stderr: `qmptap: --recordings ${file}: cannot be made: a part of the path is no folder; choose another folder\n`,
    });
  });
});
