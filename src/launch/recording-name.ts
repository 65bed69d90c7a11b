/** What a recording that nobody has named is called. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A file in `folder` that is not there yet, named by local time and label:
 * `20261120-085230-web1.qmptap`, and with a number where that exists.
 */
export function newRecordingPath(folder: string, now: Date, label: string | undefined): string {
  const pad = (value: number): string => String(value).padStart(2, '0');
  const day = `${now.getFullYear()}${pad(now.getMonth() + 1)}${pad(now.getDate())}`;
  const time = `${pad(now.getHours())}${pad(now.getMinutes())}${pad(now.getSeconds())}`;
  // A label is anybody's text; of a path it may be nothing but a part of one name.
  const name = (label ?? '').replace(/[^A-Za-z0-9._-]+/g, '_').replace(/^[._-]+/, '');
  const stem = join(folder, [`${day}-${time}`, ...(name === '' ? [] : [name.slice(0, 60)])].join('-'));
  for (let number = 1; ; number++) {
    const path = `${stem}${number === 1 ? '' : `-${number}`}.qmptap`;
    if (!existsSync(path)) return path;
  }
}
