import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { SessionRows } from '../../../src/store/rows/session-rows.js';
import { emptyRecording } from '../tables.js';
import { bytes, start } from '../traffic.js';

const counted = 'SELECT messages, bytes, c2s_bytes, c2s_crc, s2c_bytes, s2c_crc FROM session WHERE id = ?';

test('a session is a row, with what is learned of it later', () => {
  const db = emptyRecording();
  const rows = new SessionRows(db, undefined);
  rows.begin(1, start);
  rows.update(1, { dialect: 'qmp', version: { qemu: '7.2.22', package: '', capabilities: ['oob'] } });
  expect(rows.open).toEqual([1]);
  rows.update(1, { ended: 12.4, end: 'client-reset', endReason: 'ECONNRESET' });
  expect(rows.open).toEqual([]);
  expect(db.prepare('SELECT * FROM session').get()).toMatchObject({
    ...{ id: 1, label: 'web', dialect: 'qmp', started: start.started, ended: 12 },
    ...{
      client_program: 'libvirtd',
      client_pid: 12,
      server_address: 'unix:/run/qemu.sock',
      server_pid: null,
    },
    ...{
      qemu: '7.2.22',
      package: '',
      capabilities: '["oob"]',
      end: 'client-reset',
      end_reason: 'ECONNRESET',
    },
  });
});

test('what passed is counted in another process too, piece by piece or not', () => {
  const db = emptyRecording();
  const rows = new SessionRows(db, undefined);
  rows.begin(1, start);
  rows.count(1, 1, 3);
  rows.traffic(1, 'c2s', bytes('{"a'));
  rows.flush();
  const after = new SessionRows(db, rows.save());
  after.count(1, 1, 4);
  after.traffic(1, 'c2s', bytes('":1}'));
  after.traffic(1, 's2c', bytes('xy'));
  after.flush();
  expect(db.prepare(counted).raw().get(1)).toEqual([2, 7, 7, crc32('{"a":1}'), 2, crc32('xy')]);
  after.count(9, 1, 1); // a session that never began
  after.flush();
});

test('notes keep their order, and a late one is not written twice when it is done again', () => {
  const db = emptyRecording();
  const rows = new SessionRows(db, undefined);
  rows.begin(1, start);
  rows.update(1, { note: 'first' });
  rows.update(1, { note: 'second' });
  rows.update(1, { ended: 5, end: 'stopped' });
  for (let again = 0; again < 2; again++) rows.update(1, { note: 'late' });
  expect(db.prepare('SELECT n, text FROM note ORDER BY n').raw().all()).toEqual([
    [1, 'first'],
    [2, 'second'],
    [3, 'late'],
  ]);
});
