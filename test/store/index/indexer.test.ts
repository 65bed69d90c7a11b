import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { beginDatabase, type Connection, openWriter } from '../../../src/store/disk/database.js';
import { journalPath, journalSegments } from '../../../src/store/disk/files.js';
import { migrate } from '../../../src/store/format/migrate.js';
import { Indexer } from '../../../src/store/index/indexer.js';
import { testFolder } from '../../support/folder.js';
import { chatter, crashed, start, type Told } from '../traffic.js';

/** What a crash left of a session with so many exchanges, and a connection to write its tables. */
function left(exchanges: number, segmentSize?: number): { path: string; db: Connection } {
  const path = join(testFolder(), 'a.qmptap');
  crashed(
    path,
    (to, journal) => {
      to.open(1, start, 0);
      const chunk: Told['chunk'] = (session, one) => {
        to.chunk(session, one);
        journal.write();
      };
      chatter({ ...to, chunk, open: () => 1 }, 1, exchanges);
    },
    segmentSize,
  );
  beginDatabase(path, (db) => {
    migrate(db, path);
  });
  return { path, db: openWriter(path, false) };
}

const count = (db: Connection): unknown => db.prepare('SELECT count(*) FROM frame').pluck().get();

describe('the indexer', () => {
  test('moves the journal into the tables, and removes each segment when it is through with it', () => {
    const { path, db } = left(60, 2_000);
    const segments = journalSegments(path);
    expect(segments.length).toBeGreaterThan(3);
    const indexer = new Indexer(db, path);
    expect(indexer.segment).toBe(1);
    while (indexer.step());
    expect(journalSegments(path)).toEqual(segments.slice(-1));
    expect([indexer.segment, indexer.count, count(db)]).toEqual([segments.length, 123, 123]);
    indexer.close();
    db.close();
  });

  test('goes on in another process from the last segment that it was through with', () => {
    const { path, db } = left(60, 2_000);
    const first = new Indexer(db, path);
    while (first.segment < 3) first.step();
    first.step(); // and a part of the third, which is done again
    first.close();
    const second = new Indexer(db, path);
    expect([second.segment, second.count < 123]).toEqual([3, true]);
    second.finish(undefined);
    expect(count(db)).toBe(123);
    expect(db.prepare('SELECT state, loss, created_by, created FROM recording').get()).toEqual({
      ...{ state: 'finished', loss: null, created_by: 'crashed', created: 5 },
    });
    expect(db.prepare('SELECT "end" FROM session').pluck().get()).toBe('cut-off');
    db.close();
  });

  test('says why not everything is there', () => {
    const { path, db } = left(1);
    new Indexer(db, path).finish({ loss: 'file-moved', reason: 'it was moved' });
    expect(db.prepare('SELECT loss, incomplete FROM recording').get()).toEqual({
      ...{ loss: 'file-moved', incomplete: 'it was moved' },
    });
    db.close();
  });

  test('takes no journal that belongs to another recording, and leaves it', () => {
    const { path, db } = left(1);
    new Indexer(db, path).close();
    db.exec("UPDATE recording SET uuid = x'00112233445566778899aabbccddeeff'");
    expect(() => new Indexer(db, path)).toThrow('its journal belongs to another recording');
    expect(existsSync(journalPath(path, 1))).toBe(true);
    rmSync(journalPath(path, 1));
    expect(() => new Indexer(db, path)).toThrow('ENOENT');
    db.close();
  });
});
