import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { holdFile, releaseFile } from '../../../src/store/disk/moved-file.js';
import { FileWatch } from '../../../src/store/follow/file-watch.js';
import type { FromFollowed } from '../../../src/store/follow/indexer-messages.js';
import { testFolder } from '../../support/folder.js';

const endings = ['-wal', '-shm', '-lock', '-journal-1', '-journal-2'];

/** A recording with all that lies beside it, and what is told of it. */
function watched(): { folder: string; path: string; watch: FileWatch; told: FromFollowed[] } {
  const folder = join(testFolder(), 'deep');
  mkdirSync(folder);
  const path = join(folder, 'a.qmptap');
  for (const ending of ['', ...endings]) writeFileSync(path + ending, '');
  const file = holdFile(path);
  onTestFinished(() => {
    releaseFile(file);
  });
  const told: FromFollowed[] = [];
  return { folder, path, watch: new FileWatch(path, file, (message) => told.push(message)), told };
}

describe('a recording that is written', () => {
  test('is where it was: nothing is told', () => {
    const { watch, told } = watched();
    expect([watch.look(), told]).toEqual([undefined, []]);
  });

  test('that was moved is told of once', () => {
    const { path, watch, told } = watched();
    renameSync(path, `${path}-new`);
    expect(watch.look()?.path).toBe(`${path}-new`);
    expect(watch.look()?.path).toBe(`${path}-new`);
    expect(told).toEqual([
      { type: 'gone', reason: expect.stringContaining(`moved to ${path}-new`) as string },
    ]);
  });

  test('that was removed takes with it what lay beside it', () => {
    const { folder, path, watch, told } = watched();
    writeFileSync(join(folder, 'b.qmptap-wal'), '');
    rmSync(path);
    const gone = watch.look();
    expect([gone?.removed, told]).toEqual([true, []]);
    watch.lose(gone!);
    expect(readdirSync(folder)).toEqual(['b.qmptap-wal']);
    expect(told).toEqual([{ type: 'lost', reason: 'the file was removed while it was recorded' }]);
  });

  test('whose name another file has by now leaves the log to that one', () => {
    const { folder, path, watch } = watched();
    renameSync(path, `${path}-new`);
    writeFileSync(path, '');
    watch.removeRest(watch.look()!);
    expect(readdirSync(folder).sort()).toEqual(['a.qmptap', 'a.qmptap-new', 'a.qmptap-shm', 'a.qmptap-wal']);
  });

  test('whose folder was moved is cleared up there', () => {
    const { folder, path, watch } = watched();
    renameSync(folder, `${folder}-new`);
    watch.removeRest(watch.look()!);
    expect(existsSync(path)).toBe(false);
    expect(readdirSync(`${folder}-new`)).toEqual(['a.qmptap']);
  });
});
