import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSqlite } from '../../../src/store/disk/sqlite.js';
import { StoredRecording, type OpenedFile } from '../../../src/store/read/reader.js';
import { testFolder } from '../../support/folder.js';
import { recordingFile } from '../../support/recording-file.js';

const script = ['-> {"execute":"stop","id":1}', '<- {"return": {}, "id": 1}', '<- {"event": "STOP"}'];

/** A reader of a recording, to which these statements were done; `live` says whether somebody writes it. */
async function reader(sql: string, place: Partial<OpenedFile> = {}): Promise<StoredRecording> {
  const path = await recordingFile(join(testFolder(), 'a.qmptap'), script, script);
  const db = openSqlite(path);
  db.exec(sql);
  return new StoredRecording(
    db,
    { path, live: () => false, incomplete: undefined, ...place },
    () => undefined,
  );
}

describe('a stored recording', () => {
  test('gives one message, one session and the other half of an exchange', async () => {
    using stored = await reader('');
    expect(stored.message(2, 2)).toMatchObject({ session: 2, kind: 'success', replyTo: 1 });
    expect(stored.responseTo(2, 1)?.seq).toBe(2);
    expect([stored.responseTo(2, 2), stored.message(2, 9), stored.session(3)]).toEqual([
      ...[undefined, undefined, undefined],
    ]);
    expect(stored.session(2)).toEqual(stored.sessions()[1]);
    expect([...stored.outlines({ session: 1, limit: 1 })]).toMatchObject([{ seq: 1, name: 'stop' }]);
    expect(stored.count()).toBe(6);
  });

  test('gives each session its own notes, in their order', async () => {
    using stored = await reader("INSERT INTO note VALUES (2, 1, 'one'), (2, 2, 'two'), (1, 1, 'other')");
    expect(stored.sessions().map(({ notes }) => notes)).toEqual([['other'], ['one', 'two']]);
    expect(stored.session(2)?.notes).toEqual(['one', 'two']);
  });

  test('that is not finished is live, or says what it lacks', async () => {
    const unfinished = "UPDATE recording SET state = 'recording', finished = NULL";
    let live = true;
    using stored = await reader(unfinished, { live: () => live });
    expect(stored.info).toMatchObject({ live: true, incomplete: undefined, loss: undefined });
    live = false;
    expect(stored.info).toMatchObject({ live: false, loss: 'journal-missing' });
    expect(stored.info.incomplete).toMatch(/^its recorder died/);
    using other = await reader(unfinished);
    expect(other.info.incomplete).toBe('it was not finished, and its journal is not beside it');
    using damaged = await reader(unfinished, { incomplete: 'half a record' });
    expect(damaged.info).toMatchObject({ incomplete: 'half a record', loss: 'journal-damaged' });
  });

  const damages: readonly (readonly [string, (stored: StoredRecording) => unknown])[] = [
    ['UPDATE frame SET kind = 99', (stored) => [...stored.messages()]],
    ['UPDATE session SET "end" = 1', (stored) => stored.sessions()],
    ['DELETE FROM recording', (stored) => stored.info],
  ];
  test.each(damages)('with damage is an error with its path and code: %s', async (sql, use) => {
    using stored = await reader(sql);
    expect(() => use(stored)).toThrow(
      expect.objectContaining({ code: 'DAMAGED', remedy: 'restore the file from a copy' }) as Error,
    );
  });

  test('tells its damage line by line, and never fails for it', async () => {
    using stored = await reader('UPDATE frame SET kind = 99 WHERE n = 2');
    expect([...stored.damage()]).toEqual([
      `${stored.info.path}: message 2 is damaged; restore the file from a copy`,
    ]);
  });

  test('gives nothing once it is closed, and may be closed twice', async () => {
    const stored = await reader('');
    const { path } = stored.info;
    stored.close();
    stored.close();
    expect(() => stored.count()).toThrow(`${path}: it was closed already`);
  });
});
