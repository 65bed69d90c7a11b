import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RecordingError } from '../../../src/errors.js';
import type { MessageOutline, MessageRange, RecordingReader } from '../../../src/recording/ports.js';
import { openSqlite } from '../../../src/store/disk/sqlite.js';
import { openRecording } from '../../../src/store/index/open.js';
import { MessageFile } from '../../support/message-file.js';
import { testFolder } from '../../support/folder.js';
import { message } from '../../support/message.js';
import { latin1, sessionStart } from '../../support/recorded.js';

/** Two sessions of thousands of messages: named and nameless, large, and with bytes that came later. */
function written(): string {
  const path = join(testFolder(), 'a.qmptap');
  using file = new MessageFile(path);
  for (const session of [1, 2]) {
    file.openSession(session, sessionStart());
    file.add(message('command', '{"execute":"stop"}', { session, seq: 1, name: 'stop', t: 5 }));
    for (let seq = 2; seq < 6000; seq++) {
      const of = { session, seq, t: seq * 10 };
      if (seq % 7 === 0 && seq < 1000)
        file.add(message('command', '{}', { ...of, name: seq % 2 ? 'cont' : undefined }));
      else if (seq % 7 === 1 && seq > 7 && seq < 1000) {
        const replied = { replyTo: seq - 1, command: (seq - 1) % 2 ? 'cont' : undefined, latency: 10 };
        file.add(message('success', '{"return": {}}', { ...of, ...replied }));
      } else file.add(message('event', `{"event": "E${seq % 3}"}`, { ...of, name: `E${seq % 3}` }));
    }
    file.append(session, 994, latin1('   \n'));
    const large = `{"return": "${'x'.repeat(10_000)}", "id": 1}`;
    file.add(
      message('error', large, {
        session,
        seq: 6000,
        t: 60_000,
        replyTo: 1,
        command: 'stop',
        latency: 59_995,
      }),
    );
  }
  file.finish();
  return path;
}

function wanted(reader: RecordingReader, range: MessageRange): MessageOutline[] {
  return Array.from(
    reader.messages(range),
    ({ index, session, seq, t, kind, name, replyTo, command, latency, raw }) => ({
      index,
      session,
      seq,
      t,
      kind,
      name,
      replyTo,
      command,
      latency,
      size: raw.length,
    }),
  );
}

describe('outlines', () => {
  test('are the messages without their bytes, of any range', () => {
    using reader = openRecording(written());
    const ranges: MessageRange[] = [
      {},
      { session: 2 },
      { where: { op: 'all' } },
      { where: { op: 'glob', field: 'cmd', glob: 'stop' } },
      { after: 5_990 },
      { after: 11, limit: 6_000 },
      { limit: 5_000 },
      { after: 11_000, before: 11_500 },
      { order: 'desc', limit: 3 },
    ];
    for (const range of ranges) {
      const found = Array.from(reader.outlines(range), (outline) => ({ ...outline }));
      const messages = wanted(reader, range);
      expect(messages.length).toBeGreaterThan(0);
      expect(found).toMatchObject(messages);
      expect(found).toHaveLength(messages.length);
    }
    expect(wanted(reader, { session: 1 })[993]?.size).toBe(6);
    expect([...reader.outlines({ session: 3 })]).toEqual([]);
  });
});

test.each(['\x1b[2J', 1e308, Infinity])('outlines of a hostile file have no %j for a number', (hostile) => {
  const path = written();
  const db = openSqlite(path);
  for (const column of ['session', 'seq', 'kind', 't', 'name', 'pair', 'latency']) {
    const set = db.prepare(`UPDATE frame SET ${column} = ? WHERE n = 12000`);
    const before = db.prepare(`SELECT ${column} FROM frame WHERE n = 12000`).pluck().get();
    set.run(hostile);
    using reader = openRecording(path);
    expect(() => [...reader.outlines({})], column).toThrow(RecordingError);
    set.run(before);
  }
  db.close();
});
