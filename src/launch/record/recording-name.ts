/** Names of recordings: default names, and those of a series. */
import { existsSync, readdirSync } from 'node:fs';
import { join, parse } from 'node:path';
import { UsageError } from '../../errors.js';
import type { Series } from '../../store/disk/series.js';
import { isLimited, type RecordingLimits } from './recording-limits.js';

/** Where a recorder's files go, one after the other. */
export interface RecordingPlace {
  /** The path of the next one, which is not there yet. */
  readonly next: (now: Date) => string;
  /** What its files have in common; undefined if there can only be one. */
  readonly series: Omit<Series, 'keep'> | undefined;
}

/** What the user has asked for. */
export interface PlaceOptions extends RecordingLimits {
  readonly output?: string | undefined;
  readonly folder?: string | undefined;
  readonly label?: string | undefined;
  readonly force?: boolean | undefined;
}

/**
 * The files of a recorder: `output`, as it is or with numbers, or else named by time and label in `folder`.
 * @throws UsageError if one is to be replaced of several
 */
export function recordingPlace(options: PlaceOptions): RecordingPlace {
  const { output, folder, label, force } = options;
  if (isLimited(options) && force === true) {
    throw new UsageError({
      subject: '--force',
      reason: 'a series of files replaces nothing: it goes on behind those that are there',
      remedy: 'leave it out',
    });
  }
  if (output === undefined) return datedFiles(folder ?? '.', label);
  return isLimited(options) ? numberedFiles(output) : singleFile(output);
}

/** One file. */
export function singleFile(path: string): RecordingPlace {
  return { next: () => path, series: undefined };
}

/** `boot.qmptap` names the files `boot-00001.qmptap` and so on, behind those that are there. */
export function numberedFiles(path: string): RecordingPlace {
  const { dir, name, ext } = parse(path);
  const folder = dir === '' ? '.' : dir;
  const pattern = new RegExp(`^${escaped(name)}-\\d{${digits},15}${escaped(ext)}$`);
  // What is left of one that is gone has its number, too.
  const used = new RegExp(`^${escaped(name)}-(\\d{${digits},15})${escaped(ext)}`);
  return {
    series: { name: `${name}${ext}`, folder, pattern },
    next: () => {
      const numbers = namesIn(folder).map((one) => Number(used.exec(one)?.[1] ?? 0));
      const number = numbers.reduce((most, one) => Math.max(most, one), 0) + 1;
      return join(dir, `${name}-${String(number).padStart(digits, '0')}${ext}`);
    },
  };
}

/** Files in `folder` that are named by time and label. */
export function datedFiles(folder: string, label: string | undefined): RecordingPlace {
  const name = fileNamePart(label);
  const pattern = new RegExp(`^\\d{8}-\\d{6}${escaped(name)}(?:-\\d+)?\\.qmptap$`);
  return {
    series: { name: label ?? '', folder, pattern },
    next: (now) => newRecordingPath(folder, now, label),
  };
}

/** The names of dated files, whatever their label. */
export const datedName = /^\d{8}-\d{6}(?:-[A-Za-z0-9._-]+)?\.qmptap$/;

/**
 * A file in `folder` that is not there yet, named by local time and label:
 * `20261120-085230-web1.qmptap`, and with a number where that exists.
 */
export function newRecordingPath(folder: string, now: Date, label: string | undefined): string {
  const pad = (value: number): string => String(value).padStart(2, '0');
  const day = `${now.getFullYear()}${pad(now.getMonth() + 1)}${pad(now.getDate())}`;
  const time = `${pad(now.getHours())}${pad(now.getMinutes())}${pad(now.getSeconds())}`;
  const stem = join(folder, `${day}-${time}${fileNamePart(label)}`);
  for (let number = 1; ; number++) {
    const path = `${stem}${number === 1 ? '' : `-${number}`}.qmptap`;
    if (!existsSync(path)) return path;
  }
}

/** Enough that names of a series sort as they were made. */
const digits = 5;

/** A label is anybody's text; of a path it may be nothing but a part of one name. */
function fileNamePart(label = ''): string {
  const name = label.replace(/[^A-Za-z0-9._-]+/g, '_').replace(/^[._-]+/, '');
  return name === '' ? '' : `-${name.slice(0, 60)}`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // not there yet, or it cannot be read: making the file will tell
  }
}
