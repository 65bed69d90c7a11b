/** Completes a path with the files and folders of the disk. */
import { readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import type { Kind } from './suggest.js';

/** Folders end in `/`. A leading `~/` is kept. */
export function pathsFrom(typed: string, kinds: readonly Kind[]): string[] {
  if (kinds.length === 0) return [];
  const end = typed.lastIndexOf('/') + 1;
  const folder = typed.slice(0, end);
  const begin = typed.slice(end);
  return entries(folder.replace(/^~(?=\/)/, homedir()) || '.', (name, isFolder) => {
    if (!name.startsWith(begin) || (name.startsWith('.') && begin === '')) return false;
    if (isFolder || kinds.includes('file')) return true;
    return kinds.includes('recording') && name.endsWith('.qmptap');
  }).map((name) => folder + name);
}

function entries(folder: string, wanted: (name: string, isFolder: boolean) => boolean): string[] {
  const found: string[] = [];
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const { name } = entry;
      const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && leadsToFolder(`${folder}/${name}`));
      if (wanted(name, isFolder)) found.push(isFolder ? `${name}/` : name);
    }
  } catch {
    // A missing or unreadable folder completes to nothing.
  }
  return found.sort();
}

function leadsToFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
