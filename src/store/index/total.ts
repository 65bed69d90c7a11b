/**
 * Bounds what all recordings of a folder take together: the oldest that are finished go first, of whatever series
 * they are. One that is being written grows on, and one with marks or notes of the user's, or of no series, stays.
 */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isRemovable, remove } from './prune.js';

/** What the recordings of a folder may take. */
export interface TotalLimit {
  readonly folder: string;
  /** The names of recordings that count. */
  readonly pattern: RegExp;
  /** Bytes, with all that lies beside them. */
  readonly most: number;
}

export interface Total {
  readonly removed: readonly string[];
  /** Why more could not be removed, a line each. */
  readonly troubles: readonly string[];
  /** What is left, in bytes. */
  readonly size: number;
}

interface Counted {
  readonly path: string;
  size: number;
  /** When the recording itself was last written, ms since 1970. */
  written: number;
}

/** At a time: others wait behind it. */
const mostAtOnce = 20;

/** Removes the oldest recordings that are too many. Never throws; leaves alone what it cannot read. */
export function removeToTotal(limit: TotalLimit): Total {
  const counted = countedIn(limit).sort((a, b) => a.written - b.written || (a.path < b.path ? -1 : 1));
  let size = counted.reduce((sum, each) => sum + each.size, 0);
  const removed: string[] = [];
  const troubles: string[] = [];
  for (const each of counted) {
    if (size <= limit.most || removed.length === mostAtOnce) break;
    if (!isRemovable(each.path)) continue;
    const removal = remove(each.path, '--max-total');
    if (removal?.trouble !== undefined) troubles.push(removal.trouble);
    if (removal === undefined || removal.trouble !== undefined) continue;
    removed.push(each.path);
    size -= each.size;
  }
  return { removed, troubles, size };
}

/** Each recording with what lies beside it. */
function countedIn({ folder, pattern }: TotalLimit): Counted[] {
  const found = new Map<string, Counted>();
  for (const name of namesIn(folder)) {
    const own = /^.*?\.qmptap(?=$|-)/s.exec(name)?.[0];
    if (own === undefined || !pattern.test(own)) continue;
    const stats = lstatSync(join(folder, name), { throwIfNoEntry: false });
    if (stats?.isFile() !== true) continue;
    const counted = found.get(own) ?? { path: join(folder, own), size: 0, written: 0 };
    counted.size += stats.size;
    if (name === own) counted.written = stats.mtimeMs;
    found.set(own, counted);
  }
  return [...found.values()];
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // not there yet
  }
}
