import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Tap } from '../../../src/proxy/tap.js';
import type { Condition } from '../../../src/recording/condition.js';
import { MemoryRecording } from '../../../src/recording/memory.js';
import { messageKinds } from '../../../src/recording/message.js';
import type { MessageRange, RecordingReader } from '../../../src/recording/ports.js';
import { openSqlite } from '../../../src/store/disk/sqlite.js';
import { type OpenedRecording, openRecording } from '../../../src/store/index/open.js';

import { anyCondition } from '../../support/conditions.js';
import { MessageFile } from '../../support/message-file.js';
import { bothWriters, bytes, start, variedTraffic } from '../traffic.js';

let folder: string;
let memory: MemoryRecording;
let stored: OpenedRecording;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'qmptap-'));
  const path = join(folder, 'a.qmptap');
  memory = new MemoryRecording();
  const file = new MessageFile(path);
  variedTraffic(new Tap(bothWriters(memory, file)), 4, 1_500);
  file.finish();
  stored = openRecording(path);
});

afterAll(() => {
  stored.close();
  rmSync(folder, { recursive: true });
});

const place = fc.option(fc.integer({ min: 0, max: 4_000 }), { nil: undefined });
const range: fc.Arbitrary<MessageRange> = fc.record({
  where: fc.option(anyCondition, { nil: undefined }),
  session: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined, freq: 3 }),
  after: place,
  before: place,
  order: fc.constantFrom('asc', 'desc' as const),
  limit: fc.option(fc.nat(150), { nil: undefined }),
});

describe('a stored recording', () => {
  test('holds what the memory holds', () => {
    expect(stored.count()).toBe(memory.count());
    expect(stored.sessions()).toEqual(memory.sessions());
    expect(stored.sessions().map(({ id }) => stored.session(id))).toEqual(memory.sessions());
    expect([stored.session(0), memory.session(0)]).toEqual([undefined, undefined]);
    const found = [...stored.messages()];
    expect(found.length).toBeGreaterThan(2_000);
    expect(found.map(plain)).toEqual([...memory.messages()].map(plain));
    expect(new Set(found.map((message) => message.kind))).toEqual(new Set(messageKinds));
  });

  test('outlines the messages as they are', () => {
    for (const asked of [{}, { session: 2 }, { limit: 20 }]) {
      const outlines = [...memory.messages(asked)].map(
        ({ session, seq, t, kind, name, replyTo, command, latency, raw }) => ({
          ...{ session, seq, t, kind, name, replyTo, command, latency },
          size: raw.length,
        }),
      );
      expect([...stored.outlines(asked)]).toMatchObject(outlines);
    }
  });

  test('finds the same messages by any condition', () => {
    fc.assert(
      fc.property(range, (asked) => {
        expect(indices(stored, asked)).toEqual(indices(memory, asked));
      }),
      { numRuns: 200 },
    );
  });

  test.each([10, 450, 1_100])('finds them by conditions of %i parts', (parts) => {
    const times = Array.from({ length: parts - 3 }, (_, n): Condition => ({
      op: 'compare',
      field: 't',
      is: '=',
      value: 500 * n,
    }));
    let denied: Condition = { op: 'glob', field: 'kind', glob: 'event' };
    for (let depth = 1; depth < parts; depth++) denied = { op: 'not', of: denied };
    const named: Condition = { op: 'glob', field: 'cmd', glob: '*' };
    for (const where of [
      { op: 'or', of: times },
      { op: 'and', of: [named, { op: 'or', of: times }] },
      denied,
    ] as const) {
      expect(indices(stored, { where })).toEqual(indices(memory, { where }));
    }
  });

  test('finds an exchange’s other half', () => {
    for (const { session, seq } of memory.messages({ limit: 500 })) {
      expect(stored.message(session, seq)?.index).toBe(memory.message(session, seq)?.index);
      expect(stored.responseTo(session, seq)?.index).toBe(memory.responseTo(session, seq)?.index);
    }
    expect(stored.message(1, 99_999)).toBeUndefined();
    expect(stored.message(99, 1)).toBeUndefined();
  });

  test('gives what comes while it is read', () => {
    const path = join(folder, 'growing.qmptap');
    const file = new MessageFile(path);
    const tap = new Tap(file);
    tap.open(1, start, 0);
    tap.chunk(1, { dir: 's2c', t: 1, bytes: bytes('{"event": "STOP"}\r\n'.repeat(250)), fds: 0 });
    tap.close(1, 2, 'stopped', undefined);
    file.finish();
    using reader = openRecording(path);
    expect([...reader.messages({ order: 'desc', limit: 3 })].map((message) => message.index)).toEqual([
      250, 249, 248,
    ]);
    expect([...reader.messages({ after: 100, before: 103 })].map((message) => message.index)).toEqual([
      101, 102,
    ]);
  });
});

function indices(reader: RecordingReader, asked: MessageRange): number[] {
  return [...reader.messages(asked)].map((message) => message.index);
}

function plain({ raw, ...rest }: { raw: Uint8Array }): object {
  return { ...rest, raw: Buffer.from(raw).toString('latin1') };
}

test('looks for no message behind all that a hostile file has room for', () => {
  const path = join(folder, 'far.qmptap');
  const file = new MessageFile(path);
  variedTraffic(new Tap(file), 1, 40);
  file.finish();
  const db = openSqlite(path);
  const last = db.prepare('SELECT max(n) FROM frame').pluck().get() as number;
  db.exec(`UPDATE frame SET n = 4503599627370496 WHERE n = ${last}`);
  db.close();
  using reader = openRecording(path);
  expect(reader.count()).toBe(last - 1);
  const where: Condition = { op: 'not', of: { op: 'text', text: 'nowhere' } };
  for (const order of ['asc', 'desc'] as const)
    expect([...reader.messages({ where, order })]).toHaveLength(last - 1);
  expect([...reader.damage()]).toEqual([
    'message 4503599627370496: the file has no room for so many before it',
  ]);
});
