import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { expect, test } from 'vitest';
import { RecordingError } from '../../../src/errors.js';
import { openSqlite } from '../../../src/store/disk/sqlite.js';
import { readCheckpoint } from '../../../src/store/index/checkpoint.js';
import { openRecording } from '../../../src/store/index/open.js';
import { createRecording } from '../../../src/store/index/recorder.js';
import { testFolder } from '../../support/folder.js';
import { latin1, sessionStart } from '../../support/recorded.js';

type Tree = Record<string, unknown>;

/** A folder as a crash leaves it, with a checkpoint and a segment of the journal after it. */
async function crashed(): Promise<string> {
  const path = join(testFolder(), 'a.qmptap');
  const recorder = await createRecording(path, {
    createdBy: 'test',
    segmentSize: 2048,
    onTrouble: () => undefined,
  });
  const session = recorder.open(sessionStart(), 0);
  for (let at = 1; at <= 40; at++) {
    recorder.chunk(session, {
      dir: 'c2s',
      t: at * 1e6,
      bytes: latin1(`{"execute":"stop","id":{"n":[${at}]}}\r\n{"exe`),
      fds: 0,
    });
    recorder.chunk(session, { dir: 's2c', t: at * 1e6, bytes: latin1('{"ret'), fds: 0 });
  }
  await recorder.flush();
  const copy = testFolder();
  for (const name of readdirSync(join(path, '..')).filter((one) => !/-shm|-lock/.test(one)))
    copyFileSync(join(path, '..', name), join(copy, name));
  await recorder.finish();
  return copy;
}

function withState(folder: string, state: unknown): string {
  const copy = testFolder();
  for (const name of readdirSync(folder)) copyFileSync(join(folder, name), join(copy, name));
  const path = join(copy, 'a.qmptap');
  const db = openSqlite(path);
  db.prepare('UPDATE checkpoint SET state = ?').run(serialize(state));
  db.close();
  return path;
}

function stateOf(folder: string): Tree {
  const db = openSqlite(join(folder, 'a.qmptap'));
  const state = db.prepare('SELECT state FROM checkpoint').pluck().get() as string;
  db.close();
  return JSON.parse(state) as Tree;
}

/** The ways to every part of it. */
function ways(value: unknown, way: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof Map)
    return [way];
  return [way, ...Object.entries(value).flatMap(([name, part]) => ways(part, [...way, name]))];
}

test('a checkpoint in which anything is something else ends, in a reading or in one line', async () => {
  const folder = await crashed();
  const all = ways(stateOf(folder)).filter((way) => way.length > 0);
  // What is counted comes last; of many commands that await their answer, a few tell as much.
  const chosen = all.filter((way, at) => way[0] === 'writer' || at % 23 === 0);
  expect(chosen.length).toBeGreaterThan(20);
  for (const way of chosen) {
    for (const strange of [2 ** 53, -1, null, 'x', [], new Uint8Array(3)]) {
      const state = stateOf(folder);
      let part = state;
      for (const name of way.slice(0, -1)) part = part[name] as Tree;
      part[way.at(-1) ?? ''] = strange;
      try {
        using reader = openRecording(withState(folder, state));
        expect(Array.from(reader.messages()).length).toBeGreaterThanOrEqual(0);
      } catch (error) {
        expect(error, way.join('.')).toBeInstanceOf(RecordingError);
      }
    }
  }
});

test('what is in itself, or doubled again and again, is not followed', () => {
  const db = openSqlite(':memory:');
  db.exec('CREATE TABLE checkpoint (segment, state)');
  const put = db.prepare('INSERT INTO checkpoint VALUES (1, ?)');
  const self: unknown[] = [];
  self.push(self);
  put.run(serialize(self));
  expect(() => readCheckpoint(db)).toThrow('its checkpoint is damaged');
  db.exec('DELETE FROM checkpoint');
  let doubled: unknown = [1];
  for (let depth = 0; depth < 60; depth++) doubled = [doubled, doubled];
  put.run(serialize(doubled));
  expect(() => readCheckpoint(db)).toThrow('its checkpoint is damaged');
  db.close();
});

test.each(['orphans', 'awaiting'])(
  'a list that only says that it is long is refused, also as format 1 has it: %s',
  (where) => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    for (const ending of ['', '-wal', '-lock', '-journal-2']) {
      copyFileSync(`test/fixtures/format-1/checkpoint.qmptap${ending}`, path + ending);
    }
    const db = openSqlite(path);
    const state = deserialize(db.prepare('SELECT state FROM checkpoint').pluck().get() as Buffer) as {
      tap: { orphans: unknown; sessions: { correlator: { awaiting: unknown } }[] };
    };
    const long: unknown[] = [];
    long.length = 2 ** 32 - 1;
    if (where === 'orphans') state.tap.orphans = long;
    else state.tap.sessions[0]!.correlator.awaiting = long;
    db.prepare('UPDATE checkpoint SET state = ?').run(serialize(state));
    db.close();
    using reader = openRecording(path);
    expect(reader.info.incomplete).toBe('its journal could not be recovered: its checkpoint is damaged');
    expect(reader.count()).toBeGreaterThan(400);
    expect(readdirSync(folder)).toContain('a.qmptap-journal-2');
  },
);

test('JSON that is deeper or wider than a checkpoint is refused before it is read', () => {
  const db = openSqlite(':memory:');
  db.exec('CREATE TABLE checkpoint (segment, state)');
  const put = db.prepare('INSERT OR REPLACE INTO checkpoint (rowid, segment, state) VALUES (1, 1, ?)');
  for (const json of ['['.repeat(5_000_000), `[${'{},'.repeat(9_000_000)}{}]`, '{"tap":"\\"}', 'null', '']) {
    put.run(json);
    expect(() => readCheckpoint(db)).toThrow('its checkpoint is damaged');
  }
  db.close();
});
