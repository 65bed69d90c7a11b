/**
 * Writes the executable that libvirt starts as its `<emulator>`, after a look at what it will need.
 * The script's text is in `emulator-script.ts`.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { OutputError, UsageError } from '../../errors.js';
import { createFolder, isSameFile, isSpecial, reasonOf } from '../../store/disk/files.js';
import { cannotWrite, notReplaceable } from '../../store/disk/output-failure.js';
import { findProgram, isExecutable } from '../qemu/program.js';
import { OtherRoot } from './other-root.js';
import { marker, recordingScript, replayingScript } from './emulator-script.js';

interface CommonOptions {
  /** The executable to write. */
  readonly path: string;
  /** Replace a file that is no emulator of ours. */
  readonly force: boolean;
  /** `qmptap 0.1.0`. */
  readonly version: string;
  /** The command line that runs this program: Node and the script. */
  readonly program: readonly string[];
  /** It will run in this root file system; all paths are as they are there. */
  readonly forRoot?: string | undefined;
}

export interface RecordingEmulatorOptions extends CommonOptions {
  readonly qemu: string;
  readonly recordings: string;
  /** Also the guest agent's channel. */
  readonly agent: boolean;
  /** Also what libvirt asks a QEMU without a VM. */
  readonly probe: boolean;
  /** The recorder's flags for how much to keep. */
  readonly limits: readonly string[];
}

export interface ReplayingEmulatorOptions extends CommonOptions {
  /** Recordings, or folders of them. */
  readonly replay: readonly string[];
  /** For what was not recorded. */
  readonly qemu: string | undefined;
}

/**
 * Writes an executable that records every VM it starts, and makes the folder for the recordings. Gives what must be there
 * before it runs, a line each.
 * @throws UsageError if there is no such QEMU or no bash, OutputError if it cannot be written or would
 * replace something else
 */
export function writeRecordingEmulator(options: RecordingEmulatorOptions): readonly string[] {
  const { version, agent, probe, forRoot } = options;
  const root = forRoot === undefined ? undefined : new OtherRoot(forRoot);
  const path = root?.here(options.path) ?? options.path;
  const qemu = root?.needed(options.qemu, true) ?? executable(options.qemu);
  const recordings = root === undefined ? resolve(options.recordings) : options.recordings;
  const program = root?.program(options.path) ?? options.program;
  if (isSameFile(path, root?.here(qemu) ?? qemu)) {
    throw new UsageError({
      subject: options.path,
      reason: 'it would replace QEMU itself',
      remedy: 'choose another path for the emulator',
    });
  }
  refuseReplacing(path, options.force);
  makeFolder(root?.here(recordings) ?? recordings);
  const recorder = [
    ...[...program, 'interpose', '--qemu', qemu, '--recordings', recordings],
    ...(agent ? ['--agent'] : []),
    ...options.limits,
  ];
  const shell = root?.first(usualShells) ?? bash();
  install(path, recordingScript({ bash: shell, version, qemu, recorder, probe }));
  return root?.missing ?? [];
}

/**
 * Writes an executable that plays recordings back. Gives what must be there before it runs, a line each.
 * @throws UsageError if there is no such recording or no bash, OutputError if it cannot be written or would
 * replace something else
 */
export function writeReplayingEmulator(options: ReplayingEmulatorOptions): readonly string[] {
  const { version, forRoot } = options;
  const root = forRoot === undefined ? undefined : new OtherRoot(forRoot);
  const path = root?.here(options.path) ?? options.path;
  const program = root?.program(options.path) ?? options.program;
  const recordings = options.replay.map((one) => root?.needed(one, false) ?? resolve(one));
  const missing =
    root === undefined
      ? recordings.find((one) => statSync(one, { throwIfNoEntry: false }) === undefined)
      : undefined;
  if (missing !== undefined) {
    throw new UsageError({
      subject: `--replay ${missing}`,
      reason: 'there is no such file or folder',
      remedy: 'give a recording, or a folder of recordings',
    });
  }
  const qemu =
    options.qemu === undefined ? undefined : (root?.needed(options.qemu, true) ?? executable(options.qemu));
  const replayer = [...program, 'impersonate', '--replay', ...recordings];
  refuseReplacing(path, options.force);
  const shell = root?.first(usualShells) ?? bash();
  install(path, replayingScript({ bash: shell, version, replayer, qemu }));
  return root?.missing ?? [];
}

/** Whether the file is an emulator that was written by this module; also of one that may not be read: no. */
export function isEmulator(path: string): boolean {
  try {
    return readFileSync(path, 'utf8').split('\n', 2)[1] === marker;
  } catch {
    return false;
  }
}

/** Asked before anything is made. @throws OutputError if something has this name that is not to be replaced */
function refuseReplacing(path: string, force: boolean): void {
  if (isSpecial(path)) throw notReplaceable(path);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !force && !isEmulator(path)) {
    throw new OutputError(
      {
        reason: 'it exists, and qmptap did not write it',
        remedy: 'choose another path or give --force',
      },
      { path, code: 'EXISTS' },
    );
  }
}

function install(path: string, text: string): void {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.new`;
  try {
    const file = openSync(temporary, 'wx', 0o755);
    try {
      writeFileSync(file, text);
      // Everybody may start it: what they may record is decided by the folder of the recordings.
      fchmodSync(file, 0o755);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw cannotWrite(path, error);
  }
}

function makeFolder(path: string): void {
  try {
    createFolder(path);
    // Asked with a slash at its end, a file in the place of the folder is an error by itself.
    statSync(`${path}/`);
  } catch (error) {
    const why = `cannot be made: ${reasonOf(error)}; choose another folder`;
    throw new OutputError({ subject: `--recordings ${path}`, reason: why }, { cause: error, path });
  }
}

/** The absolute path of QEMU. */
function executable(name: string): string {
  const found = findProgram(name);
  if (found !== undefined) return found;
  throw new UsageError({
    subject: `--qemu ${name}`,
    reason: 'there is no such program',
    remedy: 'give its path, /usr/bin/qemu-system-x86_64 for example',
  });
}

const usualShells = ['/bin/bash', '/usr/bin/bash'];

/** A bash that can do what the script does: 4.4, of 2016, or newer. */
export function bash(): string {
  const folders = ['/usr/bin', '/bin', ...(process.env['PATH'] ?? '').split(delimiter)];
  const test = '((BASH_VERSINFO[0] > 4 || (BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] >= 4)))';
  for (const folder of folders) {
    const path = join(folder, 'bash');
    if (isExecutable(path) && spawnSync(path, ['-p', '-c', test]).status === 0) return path;
  }
  throw new UsageError({
    subject: 'emulator',
    reason: 'it is run by bash 4.4 or newer, and there is none',
    remedy: 'install bash',
  });
}
