import { copyFileSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { datedName } from '../../../src/launch/record/recording-name.js';
import { removeToTotal } from '../../../src/store/index/total.js';
import { StoredMarks } from '../../../src/store/read/marks.js';
import { testFolder } from '../../support/folder.js';
import { chatter, record, start } from '../traffic.js';

/** A finished recording of a VM's, which was last written so many seconds ago. */
async function make(folder: string, vm: string, ago: number, series: string | null = vm): Promise<string> {
  const path = join(folder, `20261120-0912${String(10 + ago).slice(-2)}-${vm}.qmptap`);
  const keep = undefined;
  const recorder = await record(path, {
    series: series === null ? undefined : { name: series, folder, pattern: /./, keep },
  });
  const session = recorder.open(start, 1_000);
  chatter(recorder, session, 3);
  recorder.close(session, 9_000, 'client-closed', undefined);
  await recorder.finish();
  const then = Date.now() / 1000 - ago;
  utimesSync(path, then, then);
  return path;
}

const limit = (folder: string, most: number) => ({ folder, pattern: datedName, most });

test('the oldest go first, whatever VM they are of, until the rest fits', async () => {
  const folder = testFolder();
  const [old, older, fresh] = [
    await make(folder, 'a', 20),
    await make(folder, 'b', 30),
    await make(folder, 'a', 1),
  ];
  const sizeOf = (...paths: string[]): number => paths.reduce((sum, path) => sum + statSync(path).size, 0);
  const [all, two, one] = [sizeOf(old, older, fresh), sizeOf(old, fresh), sizeOf(fresh)];
  expect(removeToTotal(limit(folder, all))).toEqual({ removed: [], troubles: [], size: all });
  expect(removeToTotal(limit(folder, two))).toEqual({ removed: [older], troubles: [], size: two });
  expect(removeToTotal(limit(folder, one))).toMatchObject({ removed: [old], size: one });
  expect(readdirSync(folder)).toEqual([fresh.slice(folder.length + 1)]);
});

test('one that grows, one with marks, one of no series, and what is no recording stay', async () => {
  const folder = testFolder();
  const marked = await make(folder, 'marked', 50);
  new StoredMarks(marked).put({ session: 1, seq: 1, note: 'mine' });
  const alone = await make(folder, 'alone', 40, null);
  copyFileSync(alone, join(folder, 'mine.qmptap'));
  writeFileSync(join(folder, '20261120-091200-x.qmptap'), 'something else');
  const live = await record(join(folder, '20261120-091200-live.qmptap'), {
    series: { name: 'live', folder, pattern: /./, keep: undefined },
  });
  live.open(start, 0);
  await live.flush();
  const before = readdirSync(folder).sort();
  const { removed, size } = removeToTotal(limit(folder, 1));
  expect([removed, readdirSync(folder).sort()]).toEqual([[], before]);
  expect(size).toBeGreaterThan(statSync(marked).size + statSync(alone).size); // with what lies beside the live one
  await live.finish();
  expect(removeToTotal(limit(folder, 1)).removed).toEqual([live.path]);
});

test('a folder that is not there has nothing', () => {
  expect(removeToTotal(limit('/nonexistent', 1))).toEqual({ removed: [], troubles: [], size: 0 });
});
