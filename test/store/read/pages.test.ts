import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSqlite } from '../../../src/store/disk/sqlite.js';
import { openRecording } from '../../../src/store/index/open.js';
import { testFolder } from '../../support/folder.js';
import { recordingFile } from '../../support/recording-file.js';

test('a tree that leads to the same row again is damage, and not read for ever', async () => {
  const script = Array.from({ length: 8 }, (_, n) => `-> {"execute":"stop","id":${n}}`);
  const path = await recordingFile(join(testFolder(), 'a.qmptap'), script);
  const db = openSqlite(path);
  const root = db.prepare("SELECT rootpage FROM sqlite_master WHERE name = 'frame'").pluck().get() as number;
  db.close();
  const bytes = readFileSync(path);
  const cells = (root - 1) * 8192 + 8;
  bytes.writeUInt16BE(bytes.readUInt16BE(cells + 4), cells + 6); // the fourth row is the third once more
  writeFileSync(path, bytes);
  using reader = openRecording(path);
  for (const order of ['asc', 'desc'] as const) {
    expect(() => [...reader.messages({ order })]).toThrow(
      /message \d is out of order; restore the file from a copy/,
    );
  }
  expect(() => [...reader.messages({ session: 1 })]).toThrow('the file is damaged');
});
