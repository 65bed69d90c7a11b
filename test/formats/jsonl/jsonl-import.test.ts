import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exportJsonl } from '../../../src/formats/jsonl/jsonl-export.js';
import type { Message } from '../../../src/recording/message.js';
import { MemoryRecording } from '../../../src/recording/memory.js';
import type { Session } from '../../../src/recording/session.js';
import { exported } from '../../support/exported.js';
import { imported, memorySink } from '../../support/imported.js';
import { greeting, latin1, recorded, sessionStart } from '../../support/recorded.js';

function contents(recording: MemoryRecording): { sessions: readonly Session[]; messages: unknown[] } {
  return {
    sessions: recording.sessions(),
    messages: Array.from(recording.messages(), (message: Message) => ({
      ...message,
      raw: Buffer.from(message.raw).toString('latin1'),
    })),
  };
}

/** Export, import, compare. */
function roundTrip(recording: MemoryRecording): void {
  const { bytes } = exported(recording, exportJsonl);
  const again = imported(bytes);
  expect(again.format).toBe('jsonl');
  expect(again.skipped).toEqual([]);
  expect(contents(again.recording)).toEqual(contents(recording));
}

describe('JSON lines, there and back', () => {
  test('a conversation with everything in it', () => {
    const recording = new MemoryRecording();
    const sink = memorySink(recording);
    const id = sink.open(
      sessionStart({
        label: 'web1 "é"\u2028',
        client: { address: 'unix:/c', pid: 12, uid: 0, gid: 0, program: 'libvirtd' },
      }),
      5e9,
    );
    sink.note(id, 5e9, 'a note');
    sink.chunk(id, { dir: 's2c', t: 5e9 + 1000, bytes: latin1(`${greeting}\r\n`), fds: 0 });
    sink.chunk(id, {
      dir: 'c2s',
      t: 5e9 + 2000,
      bytes: latin1('{"execute":"getfd","arguments":{"fdname":"a"},"id":9223372036854775807}\r\n'),
      fds: 1,
    });
    sink.inject(id, 5e9 + 3000, latin1('{"execute":"query-status","id":"qmptap-1"}\r\n'));
    sink.chunk(id, {
      dir: 's2c',
      t: 5e9 + 4000,
      bytes: latin1('{"return": {}, "id": 9223372036854775807}\r\n'),
      fds: 0,
    });
    sink.chunk(id, {
      dir: 's2c',
      t: 5e9 + 4000,
      bytes: latin1('{"return": {"a": 1.0}, "id": "qmptap-1"}\r\n'),
      fds: 0,
    });
    sink.chunk(id, {
      dir: 'c2s',
      t: 5e9 + 5000,
      bytes: latin1('\xff{"execute":"x","id":inf} garbage {"a\xc3\x28"}\r\n'),
      fds: 0,
    });
    sink.chunk(id, {
      dir: 's2c',
      t: 5e9 + 6000,
      bytes: latin1('{"error": {"class": "GenericError", "desc": "</script>"}}\r\n'),
      fds: 0,
    });
    sink.chunk(id, {
      dir: 'c2s',
      t: 5e9 + 7000,
      bytes: latin1('  {"execute": "quit", "id": "last"}\r\n\r\n{"execute": "cut o'),
      fds: 0,
    });
    sink.close(id, 5e9 + 8000, 'client-reset', 'ECONNRESET');
    const next = sink.open(sessionStart({ started: sessionStart().started + 8 }), 5e9 + 8000);
    sink.chunk(next, {
      dir: 's2c',
      t: 5e9 + 9000,
      bytes: latin1('{"return": {}, "id": "last"}\r\n'),
      fds: 0,
    });
    sink.close(next, 5e9 + 10_000, 'stopped', undefined);
    const late = [...recording.messages({ session: next })];
    expect(late[0]?.late).toEqual({ session: 1, seq: expect.any(Number) as number });
    roundTrip(recording);
  });

  test('marks and notes, also of a part whose messages are counted anew', () => {
    const recording = recorded([`<- ${greeting}`, '-> {"execute":"a"}', '<- {"return": {}}']);
    const marks = [
      { session: 1, seq: 2, note: 'why?\n\u2028"' },
      { session: 1, seq: 3, note: undefined },
      { session: 7, seq: 1, note: 'of no message' },
    ];
    const messages = [...recording.messages()].slice(1);
    const again = imported(exported(recording, exportJsonl, { marks, messages }).bytes);
    expect(again.skipped).toEqual([]);
    expect(again.marks).toEqual([
      { ...marks[0], seq: 1 },
      { ...marks[1], seq: 2 },
    ]);
    const alone = imported('{"type":"recording"}\n{"type":"mark","session":1,"seq":2}');
    expect(alone.skipped).toEqual(['2: a mark that does not follow its message']);
  });

  test('sessions side by side, silent ones, and none', () => {
    roundTrip(recorded([`<- ${greeting}`, '-> {"execute":"a"}'], [], [`<- ${greeting}`]));
    roundTrip(new MemoryRecording());
  });

  test('any bytes in any chunks', () => {
    const chunk = fc.record({
      dir: fc.constantFrom('c2s' as const, 's2c' as const),
      text: fc.oneof(
        fc.constantFrom(
          '{"execute":"a","id":1}\r\n',
          '{"return": {}, "id": 1}\r\n',
          '{"a":[',
          ']}',
          '\xff',
          ' ',
        ),
        fc.string({ unit: 'binary', maxLength: 8 }).map((text) => text.replace(/[^\0-\xff]/g, '')),
      ),
      step: fc.integer({ min: 0, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 30 }), (chunks) => {
        const recording = new MemoryRecording();
        const sink = memorySink(recording);
        const id = sink.open(sessionStart(), 0);
        let t = 0;
        for (const { dir, text, step } of chunks) {
          t += step * 1000;
          sink.chunk(id, { dir, t, bytes: latin1(text), fds: 0 });
        }
        sink.close(id, t, 'client-closed', undefined);
        const again = imported(exported(recording, exportJsonl).bytes).recording;
        // A number at a frame's end is complete only with the byte after it, so only the bytes are certain.
        for (const dir of ['c2s', 's2c'] as const) {
          const bytes = (of: MemoryRecording): string =>
            Array.from(of.messages(), (one) =>
              one.dir === dir ? Buffer.from(one.raw).toString('latin1') : '',
            ).join('');
          expect(bytes(again)).toBe(bytes(recording));
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('JSON lines, bad input', () => {
  test.each(['1e300', '1e10', '-1', '"5"', '1e999'])('a time of %s is that of the message before', (t) => {
    const lines = [
      `{"type":"session","session":1,"duration":${t}}`,
      '{"type":"message","session":1,"dir":"c2s","t":1.5,"raw":"{\\"execute\\":\\"a\\"}\\r\\n"}',
      `{"type":"message","session":1,"dir":"s2c","t":${t},"raw":"{\\"return\\": {}}\\r\\n"}`,
    ];
    const { recording } = imported(lines.join('\n'), 'jsonl');
    expect(Array.from(recording.messages(), ({ kind, t: time }) => [kind, time])).toEqual([
      ['command', 1.5e9],
      ['success', 1.5e9],
    ]);
    expect(recording.sessions()).toMatchObject([{ ended: 1.5e9 }]);
  });

  test('what is broken is named, the rest imported', () => {
    const lines = [
      '{"type":"message","session":3,"dir":"c2s","t":1.5,"raw":"{\\"execute\\":\\"a\\"}\\r\\n"}',
      'nonsense',
      '[]',
      '{"type":"other"}',
      '{"type":"session"}',
      '{"type":"message","session":3,"dir":"up","raw":""}',
      '{"type":"message","session":3,"dir":"s2c","rawBase64":"%%%"}',
      '{"type":"message","session":3,"dir":"s2c","t":1,"raw":"{\\"return\\": {}}\\r\\n"}',
    ];
    const { recording, skipped } = imported(lines.join('\n'), 'jsonl');
    expect(skipped.map((one) => one.split(':')[0])).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    expect(Array.from(recording.messages(), ({ kind, t, replyTo }) => [kind, t, replyTo])).toEqual([
      ['command', 1.5e9, undefined],
      ['success', 1.5e9, 1],
    ]);
  });
});
