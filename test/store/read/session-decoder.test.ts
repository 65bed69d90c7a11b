import { describe, expect, test } from 'vitest';
import { decodeSession, type SessionRow } from '../../../src/store/read/session-decoder.js';
import { SessionRows } from '../../../src/store/rows/session-rows.js';
import { emptyRecording } from '../tables.js';
import { start } from '../traffic.js';

/** A row as it is written. */
function row(): SessionRow {
  const db = emptyRecording();
  const rows = new SessionRows(db, undefined);
  rows.begin(1, start);
  rows.update(1, { dialect: 'qga', version: { qemu: undefined, package: '', capabilities: [] } });
  rows.update(1, { ended: 5, end: 'stopped' });
  return db.prepare('SELECT * FROM session').get() as SessionRow;
}

describe('a session', () => {
  test('is read as it was written', () => {
    expect(decodeSession(row(), ['a note'])).toMatchObject({
      ...{ id: 1, label: 'web', dialect: 'qga', client: start.client, started: start.started, ended: 5 },
      ...{ end: 'stopped', endReason: undefined, notes: ['a note'], messages: 0 },
      version: { qemu: undefined, package: '', capabilities: [] },
    });
  });

  test('without a greeting has no version, and QMP is what is not known', () => {
    const { version, dialect } = decodeSession({ ...row(), capabilities: null, dialect: null }, []);
    expect([version, dialect]).toEqual([undefined, 'qmp']);
  });

  test.each<[string, unknown]>([
    ['id', 'one'],
    ['id', 1.5],
    ['id', 1e300],
    ['started', null],
    ['dialect', 'http'],
    ['end', 'lost'],
    ['label', new Uint8Array(1)],
    ['client_address', null],
    ['client_pid', 'x'],
    ['capabilities', '{}'],
    ['capabilities', '["oob", 1]'],
    ['capabilities', '['],
  ])('with what was never written there is damage: %s %j', (column, value) => {
    expect(() => decodeSession({ ...row(), [column]: value }, [])).toThrow(/in it is damaged$/);
  });
});
