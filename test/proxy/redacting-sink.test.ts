import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RedactingSink } from '../../src/proxy/redacting-sink.js';
import { MemoryRecording } from '../../src/recording/memory.js';
import type { TrafficSink } from '../../src/recording/ports.js';
import { memorySink } from '../support/imported.js';
import { greeting, latin1, sessionStart } from '../support/recorded.js';

/** Keeps every byte that reaches the sink behind. */
function spied(): { sink: RedactingSink; recording: MemoryRecording; bytes: () => string } {
  const recording = new MemoryRecording();
  const behind = memorySink(recording);
  let bytes = '';
  const spy: TrafficSink = {
    ...behind,
    chunk(session, { dir, t, bytes: chunk, fds }) {
      bytes += Buffer.from(chunk).toString('latin1');
      behind.chunk(session, { dir, t, bytes: chunk, fds });
    },
    inject(session, t, chunk) {
      bytes += Buffer.from(chunk).toString('latin1');
      behind.inject(session, t, chunk);
    },
  };
  return { sink: new RedactingSink(spy), recording, bytes: () => bytes };
}

const secret = 'Canary-3f9a1c';
const conversation: ['c2s' | 's2c', string][] = [
  ['s2c', `${greeting}\r\n`],
  ['c2s', '{"execute":"qmp_capabilities"}\r\n'],
  ['s2c', '{"return": {}}\r\n'],
  ['c2s', `{"execute":"set_password","arguments":{"protocol":"vnc","password":"${secret}"},"id":1}\r\n`],
  ['s2c', `{"error": {"class": "GenericError", "desc": "not ${secret}"}, "id": 1}\r\n`],
  ['c2s', `@ set_password ${secret}\r\n`],
  ['c2s', `{"execute":"set_password","arguments":{"password":"${secret}`],
];

describe('traffic without its secrets', () => {
  test('is the same but for them, and nothing of them reaches the sink', () => {
    const { sink, recording, bytes } = spied();
    const id = sink.open(sessionStart(), 7e9);
    conversation.forEach(([dir, text], place) => {
      sink.chunk(id, { dir, t: 7e9 + place * 1e6, bytes: latin1(text), fds: place === 3 ? 1 : 0 });
    });
    sink.inject(
      id,
      7e9 + 9e6,
      latin1(`{"execute":"change-vnc-password","arguments":{"password":"${secret}"},"id":"q"}\r\n`),
    );
    sink.close(id, 7e9 + 10e6, 'client-closed', undefined);
    expect(bytes()).not.toMatch(/Canary|3f9a1c/);
    const [session] = recording.sessions();
    expect(session?.notes).toEqual([
      expect.stringMatching(/^redacted: 2 x a VNC or SPICE password|^redacted: /),
    ]);
    expect(session).toMatchObject({ ended: 10e6, end: 'client-closed', version: { qemu: '7.2.22' } });
    const kinds = Array.from(recording.messages(), ({ kind, t, fds }) => `${kind} ${t / 1e6} ${fds}`);
    expect(kinds.slice(0, 5)).toEqual([
      'greeting 0 0',
      'command 1 0',
      'success 2 0',
      'command 3 1',
      'error 4 0',
    ]);
    expect(kinds.at(-1)).toBe('partial 10 0');
    expect(recording.message(1, 4)?.replyTo).toBeUndefined();
    expect(recording.message(1, 5)).toMatchObject({ replyTo: 4, command: 'set_password' });
  });

  test('however it is split', () => {
    const whole = conversation.map(([dir, text]) => ({ dir, text }));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1 }), (sizes) => {
        const { sink, recording, bytes } = spied();
        const id = sink.open(sessionStart(), 0);
        let turn = 0;
        for (const { dir, text } of whole) {
          for (let at = 0; at < text.length;) {
            const size = sizes[turn++ % sizes.length] ?? 1;
            sink.chunk(id, { dir, t: turn, bytes: latin1(text.slice(at, at + size)), fds: 0 });
            at += size;
          }
        }
        sink.close(id, turn, 'client-closed', undefined);
        expect(bytes()).not.toMatch(/Canary|3f9a1c/);
        expect(Array.from(recording.messages(), ({ kind }) => kind).slice(0, 5)).toEqual([
          'greeting',
          'command',
          'success',
          'command',
          'error',
        ]);
      }),
      { numRuns: 100 },
    );
  });

  test('without secrets is the same, byte for byte', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 10 }), (chunks) => {
        const { sink, bytes } = spied();
        const id = sink.open(sessionStart(), 0);
        for (const chunk of chunks) sink.chunk(id, { dir: 's2c', t: 0, bytes: chunk, fds: 0 });
        sink.close(id, 0, 'client-closed', undefined);
        // What QEMU would discard after an error may be hidden, and nothing else.
        const given = Buffer.concat(chunks).toString('latin1');
        expect(bytes()).toHaveLength(given.length);
        for (let at = 0; at < given.length; at++)
          if (bytes()[at] !== 'x') expect(bytes()[at]).toBe(given[at]);
      }),
      { numRuns: 100 },
    );
  });

  test('what is told of a session goes through it as well', () => {
    const { sink, recording } = spied();
    const id = sink.open(
      sessionStart({ label: `password=${secret}`, client: { address: `unix:/run/${secret}` } }),
      0,
    );
    sink.note(id, 0, `qemu -object secret,id=s,data=${secret}x`);
    sink.close(id, 1, 'server-reset', `of ${secret}`);
    const [session] = recording.sessions();
    expect(JSON.stringify(session)).not.toContain('Canary');
    expect(session?.notes[0]).toBe("qemu -object 'secret,id=s,data=[redacted:2]'");
  });
});
