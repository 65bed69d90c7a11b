/**
 * Removes the oldest recordings of a series: only files of this user with a name of the series and its name in them;
 * never one that is being written, and never one with marks or notes of the user.
 */
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../disk/connect.js';
import { openReadOnly } from '../disk/database.js';
import { codeOf, lockPath, reasonOf, removeRecording } from '../disk/files.js';
import { decodeBegin } from '../journal/journal-payload.js';
import { JournalReader } from '../journal/journal-reader.js';
import { isLive } from '../disk/liveness.js';
import { Lock } from '../disk/lock.js';
import { lookAt } from '../format/look.js';
import { readRecordingRow } from '../format/recording-row.js';
import { checkBeside } from '../disk/sidecar-files.js';
import { isBusy } from '../disk/sqlite-error.js';
import type { Series } from '../disk/series.js';

/** A recording that was to be removed; `trouble`: why it is still there, in one line. */
export interface Removal {
  readonly path: string;
  readonly trouble: string | undefined;
}

interface Member {
  readonly path: string;
  /** When its last session ended, as far as is known. */
  readonly order: number;
  /** Somebody writes it. */
  readonly live: boolean;
}

/** Removes the oldest recordings beyond `keep`. Never throws; leaves alone what it cannot read. */
export function removeOldest(series: Series): Removal[] {
  const { keep } = series;
  if (keep === undefined) return [];
  const names = namesIn(series);
  if (names.length <= keep) return [];
  const members = names.flatMap((name) => memberOf(series, name) ?? []).sort(byAge);
  const excess = Math.max(0, members.length - keep);
  return members
    .filter(({ live }) => !live)
    .slice(0, excess)
    .flatMap(({ path }) => remove(path, '--keep') ?? []);
}

function byAge(a: Member, b: Member): number {
  return a.order - b.order || (a.path < b.path ? -1 : 1);
}

function namesIn({ folder, pattern }: Series): string[] {
  try {
    return readdirSync(folder).filter((name) => pattern.test(name));
  } catch {
    return [];
  }
}

/** Undefined if it does not belong to the series, or has marks of the user's. */
function memberOf({ folder, name: series }: Series, name: string): Member | undefined {
  const path = join(folder, name);
  const found = examined(path);
  if (found?.series !== series || found.marked) return undefined;
  return { path, live: found.live, order: orderOf(found.lastEnd) };
}

/** Whether it belongs to some series, has no marks, and nobody writes it. */
export function isRemovable(path: string): boolean {
  const found = examined(path);
  return found?.series !== undefined && !found.marked && !found.live;
}

/** Undefined if it is no recording of this user, or cannot be read. */
function examined(path: string): (Found & { readonly marked: boolean; readonly live: boolean }) | undefined {
  try {
    const stats = lstatSync(path);
    if (!stats.isFile() || stats.uid !== process.geteuid?.()) return undefined;
    // Its tables may not be there yet, and its writer is of the series or not: it is not touched in any case.
    const live = isLive(path);
    checkBeside(path);
    lookAt(path, path);
    return { ...(lookInto(path) ?? { ...journalBegin(path), marked: false }), live };
  } catch {
    return undefined;
  }
}

interface Found {
  readonly series: string | undefined;
  readonly lastEnd: number;
}

/** What a recording says of itself; undefined if its tables are still empty. */
function lookInto(path: string): (Found & { readonly marked: boolean }) | undefined {
  const db = openReadOnly(path);
  try {
    const isEmpty = db.prepare('SELECT 1 FROM sqlite_master').get() === undefined;
    const row = isEmpty ? undefined : readRecordingRow(db);
    if (row === undefined || row.createdBy === '') return undefined;
    const end = db.prepare('SELECT max(started + ifnull(ended, 0) / 1000) FROM session').pluck().get();
    return { series: row.series, lastEnd: typeof end === 'number' ? end : row.created, marked: isMarked(db) };
  } finally {
    db.close();
  }
}

/** The same of one whose recorder has only begun, or was killed as soon as that: its journal begins with it. */
function journalBegin(path: string): Found {
  const journal = new JournalReader(path, 1);
  try {
    let begin: ReturnType<typeof decodeBegin>;
    journal.readBlock(({ type, payload }) => {
      if (type === 'begin') begin ??= decodeBegin(payload);
    });
    return { series: begin?.series, lastEnd: begin?.created ?? 0 };
  } finally {
    journal.close();
  }
}

/** Microseconds since 1970; a time that is yet to come was before the clock was set back. */
function orderOf(lastEnd: number): number {
  return lastEnd > Date.now() * 1000 ? lastEnd - Number.MAX_SAFE_INTEGER : lastEnd;
}

function isMarked(db: Connection): boolean {
  const there = db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'mark'").get();
  return there !== undefined && db.prepare('SELECT 1 FROM mark LIMIT 1').get() !== undefined;
}

/** Undefined if somebody has just taken it up. `limit`: the flag that asks for it. */
export function remove(path: string, limit: string): Removal | undefined {
  try {
    // A reader may be recovering what a crash left at this moment.
    using lock = existsSync(lockPath(path)) ? Lock.take(lockPath(path), 0) : null;
    if (lock === undefined) return undefined;
    removeRecording(path);
    return { path, trouble: undefined };
  } catch (error) {
    if (isBusy(error) || codeOf(error) === 'ENOENT') return undefined;
    return { path, trouble: `${path}: cannot be removed: ${reasonOf(error)}; ${limit} is exceeded` };
  }
}
