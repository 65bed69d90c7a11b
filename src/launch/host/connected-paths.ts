/** The unix sockets on which somebody has connected, as the kernel lists them. */
import { readFileSync } from 'node:fs';

/** Of a table that is this fresh, nothing is read again: VMs start by the hundred. ms */
const freshMs = 5;

let read: { readonly at: number; readonly paths: ReadonlySet<string> } | undefined;

/** The paths, as their servers have bound them, to which a connection is there or waits to be accepted. */
export function connectedPaths(): ReadonlySet<string> {
  const now = performance.now();
  if (read === undefined || now - read.at > freshMs)
    read = { at: now, paths: parseConnected(tableOfSockets()) };
  return read.paths;
}

function tableOfSockets(): string {
  try {
    return readFileSync('/proc/self/net/unix', 'utf8');
  } catch {
    return '';
  }
}

/** Reads `Num: RefCount Protocol Flags Type St Inode Path`, where state 01 is of those that are not connected. */
export function parseConnected(table: string): ReadonlySet<string> {
  return new Set(
    table.split('\n').flatMap((line) => {
      const [, state, path] = /^(?:\S+\s+){5}(0\d)\s+\d+\s(\/.*)$/.exec(line) ?? [];
      return path === undefined || state === '01' ? [] : [path];
    }),
  );
}
