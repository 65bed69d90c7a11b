/** A private copy of a recording and its sidecar files, for where the original cannot or should not be changed. */
import { chownSync, closeSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isThere, journalPath, journalSegments, pathIn } from './files.js';
import { openRegular } from './sidecar-files.js';

/** What `use` has opened stays readable when the copy has lost its name, and so is gone whatever ends this process. */
export function withCopy<T>(file: string, use: (copy: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'qmptap-copy-'));
  try {
    const copy = pathIn(folder, file);
    copyRegular(file, copy);
    if (isThere(`${file}-wal`)) copyRegular(`${file}-wal`, `${copy}-wal`);
    for (const segment of journalSegments(file))
      copyRegular(journalPath(file, segment), journalPath(copy, segment));
    return use(copy);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of a file that others may replace at this moment, by a link or a pipe for example. */
function copyRegular(from: string, to: string): void {
  const open = openRegular(from);
  try {
    if (process.platform === 'linux') copyOpen(open, to);
    else copyFileSync(from, to);
  } finally {
    closeSync(open);
  }
}

/** Copies an open file to a new name. The copy belongs to this user: newer Nodes would copy the owner along. */
export function copyOpen(open: number, to: string): void {
  copyFileSync(`/proc/self/fd/${open}`, to);
  if (process.geteuid && process.getegid) chownSync(to, process.geteuid(), process.getegid());
}
