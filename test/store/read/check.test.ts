import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSqlite } from '../../../src/store/disk/sqlite.js';
import { openRecording } from '../../../src/store/index/open.js';
import { testFolder } from '../../support/folder.js';
import { recordingFile } from '../../support/recording-file.js';

/** What is found in a recording after these statements were run on it. */
async function damageAfter(sql: string): Promise<string[]> {
  const path = await recordingFile(
    join(testFolder(), 'a.qmptap'),
    ['-> {"execute":"stop","id":1}', '<- {"return": {}, "id": 1}', '<- {"event": "STOP"}', '-> %p'],
    ['-> {"execute":"cont"}'],
  );
  const db = openSqlite(path);
  db.exec(sql);
  db.close();
  using reader = openRecording(path);
  return [...reader.damage()];
}

describe('a check', () => {
  test('finds nothing in what is as it was written, whatever the peers did wrong', async () => {
    expect(await damageAfter('')).toEqual([]);
  });

  test.each<[string, string]>([
    ["UPDATE frame SET raw = x'7b7d' WHERE n = 2", "session 1: the server's frames are not the"],
    ["UPDATE frame SET raw = x'7b7d' WHERE session = 2", "session 2: the client's frames are not the"],
    ['DELETE FROM frame WHERE n = 2', 'session 1: message 2 is missing'],
    ['DELETE FROM frame WHERE session = 2', 'session 2: it had 1 messages, and 0 are there'],
    ['UPDATE frame SET pair = NULL WHERE n = 1', 'session 1: message 2 answers 1, which knows nothing of it'],
    [
      'UPDATE frame SET n = 99999999 WHERE n = 5',
      'message 99999999: the file has no room for so many before it',
    ],
    ['PRAGMA writable_schema = ON; UPDATE frame SET dir = 0 WHERE n = 3', "session 1: the client's frames"],
  ])('finds what was changed: %s', async (sql, line) => {
    const found = await damageAfter(sql);
    expect(found[0]).toContain(line);
  });

  test('of a session that still runs does not expect the frame that is coming', async () => {
    expect(await damageAfter('UPDATE session SET "end" = NULL, ended = NULL, c2s_bytes = 99')).toEqual([]);
  });
});
