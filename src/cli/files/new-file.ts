/**
 * New files of the user's: written under another name beside the place, readable by the user only, and
 * given their name when they are complete. What was there before stays until then.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, linkSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { OutputError, UsageError } from '../../errors.js';
import { createRecording, type Finished, type Recorder } from '../../store/index/recorder.js';
import {
  createFolder,
  isSameFile,
  isSpecial,
  isTaken,
  isThere,
  removeBeside,
  removeRecording,
  statFollowed,
} from '../../store/disk/files.js';
import { alreadyExists, cannotWrite, inTheWay, notReplaceable } from '../../store/disk/output-failure.js';
import { refuseLive } from '../../store/index/replaced.js';
import { version } from '../../version.js';
import { say } from '../output/output.js';

/**
 * Writes a text or binary file piece by piece; into a device or a pipe, as `>` does.
 * @throws OutputError if it exists already and `force` is false, or cannot be written
 */
export function writeFile(path: string, force: boolean, pieces: Iterable<string | Uint8Array>): void {
  if (isStream(path)) {
    try {
      writePieces(openSync(path, 'w', 0o600), pieces);
    } catch (error) {
      throw cannotWrite(path, error);
    }
    return;
  }
  const beside = prepare(path, force);
  try {
    writePieces(openSync(beside, 'wx', 0o600), pieces);
    place(beside, path, force);
  } catch (error) {
    rmSync(beside, { force: true });
    throw cannotWrite(path, error);
  }
}

/** @throws UsageError if what is written from a recording would replace it */
export function refuseItself(subject: string, recording: string, output: string): void {
  if (!isSameFile(recording, output)) return;
  throw new UsageError({
    subject,
    reason: 'that is the recording itself',
    remedy: 'choose another name',
  });
}

function isStream(path: string): boolean {
  try {
    return isSpecial(path);
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

/** Writes what is gathered by the megabyte, and closes the file. */
function writePieces(file: number, pieces: Iterable<string | Uint8Array>): void {
  try {
    let gathered: Buffer[] = [];
    let length = 0;
    const flush = (): void => {
      const whole = Buffer.concat(gathered);
      for (let at = 0; at < whole.length;) at += writeSync(file, whole, at);
      gathered = [];
      length = 0;
    };
    for (const piece of pieces) {
      const bytes = Buffer.from(piece);
      gathered.push(bytes);
      length += bytes.length;
      if (length > 1 << 20) flush();
    }
    flush();
  } finally {
    closeSync(file);
  }
}

/**
 * Makes a recording. `complete` may still change the file when all traffic is in it, before it has its name.
 * @throws OutputError like {@link writeFile}; whatever `fill` throws, and then no file is left
 */
export async function writeRecording(
  path: string,
  force: boolean,
  fill: (recorder: Recorder) => Promise<void>,
  complete?: (draft: string) => void,
): Promise<Finished> {
  const beside = prepareRecording(path, force);
  const recorder = await createRecording(beside, { createdBy: `qmptap ${version}`, onTrouble: say });
  let finished: Finished;
  // What is half made is of no use; a signal may come for as long as a log is.
  const end = (signal: 'SIGINT' | 'SIGTERM'): void => {
    removeRecording(beside);
    process.exit(128 + constants.signals[signal]);
  };
  process.on('SIGINT', end).on('SIGTERM', end);
  try {
    await fill(recorder);
  } catch (error) {
    await recorder.finish();
    removeRecording(beside);
    throw error;
  }
  try {
    finished = await recorder.finish();
    complete?.(beside);
    placeRecording(beside, path, force);
  } catch (error) {
    removeRecording(beside);
    throw cannotWrite(path, error);
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
  }
  return finished;
}

/** The name to write a new recording under. @throws OutputError like {@link writeFile} */
export function prepareRecording(path: string, force: boolean): string {
  if (isStream(path)) throw notReplaceable(path);
  const draft = prepare(path, force);
  if (!force && isTaken(path)) throw inTheWay(path);
  return draft;
}

/** Gives a finished recording its name; removes the files beside the recording that it replaces. @throws like {@link place} */
export function placeRecording(draft: string, path: string, force: boolean): void {
  if (force) {
    refuseLive(path);
    removeBeside(resolve(path));
  }
  place(draft, path, force);
}

/** The name to write under; nothing is done yet if this throws. */
function prepare(path: string, force: boolean): string {
  try {
    if (statFollowed(path)?.isDirectory() === true) {
      throw new OutputError({ reason: 'it is a folder', remedy: 'name a file in it' }, { path });
    }
    if (!force && isThere(path)) throw alreadyExists(path);
    refuseLive(path);
    createFolder(dirname(path));
    // Asked with a slash at its end, a file in the place of the folder is an error by itself.
    statSync(`${dirname(path)}/`);
  } catch (error) {
    throw cannotWrite(path, error);
  }
  return draftOf(path);
}

/** The name under which a new file is written, beside the place where it will be. */
export function draftOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.part`);
}

/**
 * Gives a draft its name. A link does not replace what is there, a rename does.
 * @throws OutputError if something has that name and `force` is false, the system's error otherwise
 */
export function place(beside: string, path: string, force: boolean): void {
  if (force) {
    renameSync(beside, path);
    return;
  }
  try {
    linkSync(beside, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw alreadyExists(path);
    // Some file systems have no links.
    if (isThere(path)) throw alreadyExists(path);
    renameSync(beside, path);
    return;
  }
  rmSync(beside, { force: true });
}
