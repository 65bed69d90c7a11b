import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Tap } from '../../src/proxy/tap.js';
import { MemoryRecording } from '../../src/recording/memory.js';
import type { Direction, Message } from '../../src/recording/message.js';
import type { SessionStart } from '../../src/recording/session.js';

const start: SessionStart = {
  label: undefined,
  dialect: undefined,
  client: { address: 'unix:/c' },
  server: { address: 'unix:/s' },
  started: 0,
};
const bytes = (text: string): Uint8Array => Uint8Array.from(text, (unit) => unit.charCodeAt(0));
const text = (raw: Uint8Array): string => Array.from(raw, (byte) => String.fromCharCode(byte)).join('');

type Said = readonly [dir: Direction, text: string, fds?: number];

/** Plays a conversation, one microsecond a chunk. */
function recorded(
  said: readonly Said[],
  split: (chunk: Uint8Array) => Uint8Array[] = (chunk) => [chunk],
): MemoryRecording {
  const recording = new MemoryRecording();
  const tap = new Tap(recording);
  tap.open(1, start, 1000);
  said.forEach(([dir, chunk, fds = 0], index) => {
    split(bytes(chunk)).forEach((piece, place) => {
      tap.chunk(1, { dir, t: 1000 + index * 1000, bytes: piece, fds: place === 0 ? fds : 0 });
    });
  });
  tap.close(1, 1000 + said.length * 1000, 'client-closed', undefined);
  return recording;
}

function rows(recording: MemoryRecording): Partial<Message>[] {
  return [...recording.messages()].map(({ seq, dir, kind, name, replyTo, command }) => ({
    seq,
    dir,
    kind,
    name,
    replyTo,
    command,
  }));
}

const greeting =
  '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""}, "capabilities": ["oob"]}}\r\n';

describe('Tap', () => {
  test('records a conversation', () => {
    const recording = recorded([
      ['s2c', greeting],
      ['c2s', '{"execute":"qmp_capabilities","id":1}\r\n'],
      ['s2c', '{"return": {}, "id": 1}\r\n'],
      ['c2s', '{"execute":"stop"}'],
      ['s2c', '{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}\r\n{"return": {}}\r\n'],
    ]);
    expect(rows(recording)).toMatchObject([
      { seq: 1, dir: 's2c', kind: 'greeting' },
      { seq: 2, dir: 'c2s', kind: 'command', name: 'qmp_capabilities' },
      { seq: 3, dir: 's2c', kind: 'success', replyTo: 2, command: 'qmp_capabilities' },
      { seq: 4, dir: 'c2s', kind: 'command', name: 'stop' },
      { seq: 5, dir: 's2c', kind: 'event', name: 'STOP' },
      { seq: 6, dir: 's2c', kind: 'success', replyTo: 4, command: 'stop' },
    ]);
    expect(recording.message(1, 3)).toMatchObject({ t: 2000, latency: 1000 });
    expect(recording.sessions()[0]).toMatchObject({
      dialect: 'qmp',
      version: { qemu: '7.2.22' },
      end: 'client-closed',
      ended: 5000,
      messages: 6,
    });
  });

  test('recognises the guest agent, its 0xFF, and which response is stale', () => {
    const recording = recorded([
      ['c2s', '{"execute":"guest-info"}\n'],
      ['c2s', '\xff{"execute":"guest-sync-delimited","arguments":{"id":42}}\n'],
      [
        's2c',
        '{"error": {"class": "GenericError", "desc": "JSON parse error, stray \'\\uFFFD\'"}}\n\xff{"return": 42}\n',
      ],
    ]);
    expect(recording.sessions()[0]).toMatchObject({ dialect: 'qga', version: undefined });
    expect(rows(recording)).toMatchObject([
      { seq: 1, kind: 'command', name: 'guest-info' },
      { seq: 2, kind: 'sync' },
      { seq: 3, kind: 'command', name: 'guest-sync-delimited' },
      { seq: 4, kind: 'error' },
      { seq: 5, kind: 'sync' },
      { seq: 6, kind: 'success', replyTo: 3 },
    ]);
  });

  test('keeps the late response to a client that has gone, and says whose it is', () => {
    const recording = new MemoryRecording();
    const tap = new Tap(recording);
    tap.open(1, start, 0);
    tap.chunk(1, {
      dir: 'c2s',
      t: 1,
      bytes: bytes('{"execute":"human-monitor-command","id":"old1"}'),
      fds: 0,
    });
    tap.close(1, 2, 'client-closed', undefined);
    tap.open(2, start, 3);
    tap.chunk(2, { dir: 's2c', t: 4, bytes: bytes(`${greeting}{"return": {}, "id": "old1"}\r\n`), fds: 0 });
    tap.close(2, 5, 'client-closed', undefined);
    expect(recording.message(2, 2)).toMatchObject({
      kind: 'success',
      late: { session: 1, seq: 1 },
      command: 'human-monitor-command',
      replyTo: undefined,
    });
  });

  test('counts descriptors on the message that carried them', () => {
    const recording = recorded([
      ['c2s', '{"execute":"stop"}\r\n'],
      ['c2s', '{"execute":"getfd",', 1],
      ['c2s', '"arguments":{"fdname":"a"}}\r\n{"execute":"cont"}\r\n'],
      ['c2s', '\n', 2],
    ]);
    expect([...recording.messages()].map((message) => message.fds)).toEqual([0, 1, 0]);
    expect(recording.sessions()[0]?.notes).toEqual(['2 descriptors came with no message to carry them']);
  });

  test('what the close cuts off is partial', () => {
    const recording = recorded([['c2s', '{"execute":"sto']]);
    expect(rows(recording)).toMatchObject([{ kind: 'partial' }]);
  });

  test('marks what the user injected, and its response', () => {
    const recording = new MemoryRecording();
    const tap = new Tap(recording);
    tap.open(1, start, 0);
    tap.chunk(1, { dir: 'c2s', t: 1, bytes: bytes('{"execute":"half'), fds: 0 });
    tap.inject(1, 2, bytes('{"execute":"query-status","id":"qmptap-1"}\r\n'));
    tap.chunk(1, { dir: 's2c', t: 3, bytes: bytes('{"return": {}, "id": "qmptap-1"}\r\n'), fds: 0 });
    tap.chunk(1, { dir: 'c2s', t: 4, bytes: bytes('"}'), fds: 0 });
    tap.close(1, 5, 'stopped', undefined);
    expect([...recording.messages()].map(({ name, injected }) => [name, injected])).toEqual([
      ['query-status', true],
      [undefined, true],
      ['half', false],
    ]);
  });

  test('the draft protocol 0.1 is read without complaint', () => {
    const recording = recorded([
      ['s2c', '{ "QMP": { "capabilities": [] } }\r\n'],
      ['c2s', '{ "execute": "stop", "id": 1 }'],
      ['s2c', '{ "return": "OK", "id": 1 }\r\n'],
      ['c2s', '{ "execute": "nope" }'],
      ['s2c', '{ "error": { "class": "CommandNotFound", "data": {} } }\r\n'],
    ]);
    expect([...recording.messages()].map(({ kind, problem }) => [kind, problem])).toEqual([
      ['greeting', undefined],
      ['command', undefined],
      ['success', undefined],
      ['command', undefined],
      ['error', undefined],
    ]);
  });
});

/** Bytes that look enough like the protocol to reach every branch. */
const traffic = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '{"execute":"query-status","id":1}\r\n',
        '{"execute":"guest-sync","arguments":{"id":7}}\n',
        '{"return": {}, "id": 1}\r\n',
        '{"return": 7}\n',
        '{"timestamp": {}, "event": "STOP"}\r\n',
        '\xff',
        '}',
        ' \r\n\t',
        '{"a":"',
        '[1, 2',
        '12',
        'true',
        greeting,
      ),
      fc.string({ unit: 'binary-ascii', maxLength: 8 }),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));

const conversation = fc.array(fc.tuple(fc.constantFrom<Direction>('c2s', 's2c'), traffic), { maxLength: 6 });

function comparable(recording: MemoryRecording): unknown {
  return [
    [...recording.messages()].map((message) => ({ ...message, raw: text(message.raw) })),
    recording.sessions(),
  ];
}

describe('Tap, on any bytes', () => {
  test('whole, byte by byte and randomly split give the same messages', () => {
    fc.assert(
      fc.property(conversation, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (said, sizes) => {
        const whole = comparable(recorded(said));
        const single = recorded(said, (chunk) => Array.from(chunk, (byte) => Uint8Array.of(byte)));
        const split = recorded(said, (chunk) => {
          const pieces: Uint8Array[] = [];
          for (let at = 0; at < chunk.length;) {
            const size = sizes.next().value as number;
            pieces.push(chunk.slice(at, at + size));
            at += size;
          }
          return pieces;
        });
        expect(comparable(single)).toEqual(whole);
        expect(comparable(split)).toEqual(whole);
      }),
    );
  });

  test('the frames of a direction add up to its bytes', () => {
    fc.assert(
      fc.property(conversation, (said) => {
        const recording = recorded(said);
        for (const dir of ['c2s', 's2c'] as const) {
          const sent = said.filter(([way]) => way === dir).map(([, chunk]) => chunk);
          const kept = [...recording.messages()]
            .filter((message) => message.dir === dir)
            .map((message) => text(message.raw));
          expect(kept.join('')).toBe(sent.join(''));
        }
      }),
    );
  });

  test('a tap restored from its saved state goes on as if nothing had happened', () => {
    fc.assert(
      fc.property(conversation, fc.nat(6), (said, at) => {
        const recording = new MemoryRecording();
        let tap = new Tap(recording);
        tap.open(1, start, 1000);
        said.forEach(([dir, chunk], index) => {
          if (index === at) tap = new Tap(recording, structuredClone(tap.save()));
          tap.chunk(1, { dir, t: 1000 + index * 1000, bytes: bytes(chunk), fds: 0 });
        });
        tap.close(1, 1000 + said.length * 1000, 'client-closed', undefined);
        expect(comparable(recording)).toEqual(comparable(recorded(said)));
      }),
    );
  });
});
