/** A filter gives the same messages whether the store answers it with SQL or the predicate alone does. */
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printFilter } from '../../../src/inspect/filter/print.js';
import { Tap } from '../../../src/proxy/tap.js';
import { MemoryRecording } from '../../../src/recording/memory.js';
import type { MessageRange, RecordingReader, RecordingWriter } from '../../../src/recording/ports.js';
import { fields } from '../../../src/recording/fields/fields.js';
import { openRecording } from '../../../src/store/index/open.js';
import { StoredMarks } from '../../../src/store/read/marks.js';
import { MessageFile } from '../../support/message-file.js';
import { testFolder } from '../../support/folder.js';
import { latin1, sessionStart } from '../../support/recorded.js';
import { condition, conditionsOn } from '../../support/conditions.js';

const said = [
  '->{"execute":"qmp_capabilities","id":"libvirt-1"}',
  '<-{"return": {}, "id": "libvirt-1"}',
  '->{"execute":"query-status","id":"libvirt-2"}',
  '->{"execute":"query-status","id":7}',
  '<-{"return": {"status": "running"}, "id": "libvirt-2"}',
  '<-{"return": {"status": "running"}, "id": 7}',
  '->{"execute":"device_add","arguments":{"driver":"vm","node-name":"a b","a":[{"b":"x"}]},"id":"libvirt-7"}',
  '->{"execute":"device_add","arguments":{"x":{"driver":"STOP"},"a b":"é"}}',
  '<-{"id": "libvirt-7", "error": {"class": "GenericError", "desc": "No vm"}}',
  '<-{"error": {"class": "DeviceNotFound", "desc": "*"}}',
  '<-{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}',
  '<-{"event": "BLOCK_JOB_READY", "data": {"device": "vm"}}',
  '<-{"event": "STOP", "x": "\xff"}',
  '->{"exec-oob":"yank","id":{"a":1}}',
  '->}',
  '->\xff',
  '<-oops',
  `<-{"return": "${'long '.repeat(1000)}vm", "id": "libvirt-9"}`,
] as const;

const notes = [undefined, 'no', 'VM: look', ''];

const session = fc.record({
  label: fc.option(fc.constantFrom('web 1', 'vm', 'BLOCK_*'), { nil: undefined }),
  lines: fc.array(fc.tuple(fc.constantFrom(...said), fc.nat(3_000), fc.nat(2)), { maxLength: 25 }),
});
const range = fc.record(
  {
    where: condition,
    session: fc.integer({ min: 1, max: 3 }),
    after: fc.nat(40),
    before: fc.nat(60),
    order: fc.constantFrom('asc', 'desc' as const),
    limit: fc.nat(10),
  },
  { requiredKeys: ['where'] },
);

/** What two peers say, each line so long after the one before (ns), with so many descriptors. */
interface Conversation {
  readonly label: string | undefined;
  readonly lines: readonly (readonly [line: string, after: number, fds: number])[];
}

/** Plays the sessions to a writer, the last left open in the middle of a message. */
function play(sessions: readonly Conversation[], writer: RecordingWriter): void {
  const tap = new Tap(writer);
  sessions.forEach(({ label, lines }, index) => {
    let t = 0;
    tap.open(index + 1, sessionStart({ label }), 0);
    for (const [line, after, fds] of lines) {
      t += after;
      tap.chunk(index + 1, {
        dir: line.startsWith('->') ? 'c2s' : 's2c',
        t,
        bytes: latin1(`${line.slice(2)}\r\n`),
        fds,
      });
    }
    tap.chunk(index + 1, { dir: 'c2s', t, bytes: latin1('{"execute":'), fds: 0 });
    tap.close(index + 1, t, 'client-closed', undefined);
  });
}

function places(reader: RecordingReader, asked: MessageRange): string {
  return Array.from(reader.messages(asked), ({ index }) => index).join(' ');
}

describe('the fields', () => {
  test('are asked of the store as of the memory', () => {
    const folder = testFolder();
    let made = 0;
    fc.assert(
      fc.property(
        fc.array(session, { minLength: 1, maxLength: 3 }),
        fc.array(range, { minLength: 10, maxLength: 10 }),
        (sessions, ranges) => {
          const memory = new MemoryRecording();
          play(sessions, memory);
          const path = join(folder, `${++made}.qmptap`);
          using file = new MessageFile(path);
          play(sessions, file);
          file.finish();
          const marked = [...memory.messages()].filter((_, place) => place % 4 === 1);
          const marks = marked.map(({ session, seq }, place) => ({
            session,
            seq,
            note: notes[place % notes.length],
          }));
          for (const mark of marks) memory.put(mark);
          // Without a mark there is no table for them.
          if (marks.length > 0) new StoredMarks(path).putAll(marks);
          using stored = openRecording(path);
          for (const asked of ranges) {
            expect(places(stored, asked), printFilter(asked.where)).toBe(places(memory, asked));
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('our recordings have messages of which each field holds, and of which it does not', () => {
    const memory = new MemoryRecording('/r/web1-00001.qmptap');
    const lines = said.map((line, place): [string, number, number] => [line, place * 1_000, place % 3]);
    play(
      ['web 1', 'vm'].map((label) => ({ label, lines })),
      memory,
    );
    for (const mark of memory.messages({ limit: 5 })) memory.put({ ...mark, note: notes[mark.index % 4] });
    const all = memory.count();
    for (const [key, field] of fields) {
      const conditions = conditionsOn(key, field);
      if (conditions === undefined) continue;
      const found = fc
        .sample(conditions, { numRuns: 200, seed: 1 })
        .map((where) => [...memory.messages({ where })].length);
      // Of one recording, all messages are in the same file.
      const [low, high] = key === 'file' ? [-1, all + 1] : [0, all];
      expect(
        found.some((count) => count > low && count < high),
        key,
      ).toBe(true);
      expect(
        found.some((count) => count > 0),
        key,
      ).toBe(true);
    }
  });
});
