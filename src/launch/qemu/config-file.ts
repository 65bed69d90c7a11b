/** The files of options that QEMU's `-readconfig` reads. */
import { readFileSync, statSync } from 'node:fs';

/** Such a file has some kilobytes. */
const largest = 1 << 20;

/** The file's text; undefined where QEMU will refuse it itself, and where it is no file. */
export function readConfigFile(path: string): string | undefined {
  try {
    const stats = statSync(path);
    return stats.isFile() && stats.size <= largest ? readFileSync(path, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
