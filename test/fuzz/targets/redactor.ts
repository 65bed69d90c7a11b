/** Redaction: a conversation with a planted secret, through the redactor of an export and of a recorder. */
import assert from 'node:assert/strict';
import { Redactor } from '../../../src/redact/redactor.js';
import { RedactingSink } from '../../../src/proxy/redacting-sink.js';
import { MemoryRecording } from '../../../src/recording/memory.js';
import { fromLatin1, latin1 } from '../../support/frames.js';
import { memorySink } from '../../support/imported.js';
import { conversation, conversationSeeds, conversationWords, tell } from '../support/conversation.js';
import type { Target } from '../target.js';

const secret = 'Canary-3f9a1c';
/** Where a secret is declared to be one; the input stands around it. */
const planted = [
  `-> {"execute":"set_password","arguments":{"protocol":"vnc","password":"${secret}"},"id":"p"}`,
  `-> {"execute":"change-vnc-password","arguments":{"password":"${secret}"}}`,
  `-> {"execute":"object-add","arguments":{"qom-type":"secret","id":"s","data":"${secret}"}}`,
  `-> {"execute":"human-monitor-command","arguments":{"command-line":"set_password vnc ${secret}"}}`,
];

export const target: Target = {
  holds:
    'a secret that was named as one is nowhere in what is kept, and without one every byte is as it came',
  maxLength: 1000,
  words: [
    ...conversationWords,
    '"password":"',
    'set_password',
    '"data":"',
    'password=',
    'secret',
    'REDACTED',
    '\\u0043anary',
    secret,
  ],
  seeds: () => [
    ...conversationSeeds,
    `<- {"error": {"class": "GenericError", "desc": "not ${secret}"}, "id": "p"}`,
  ],
  run(input) {
    const around = latin1(input);
    const half = around.lastIndexOf('\n', around.length / 2) + 1;
    const plant = planted[(input[0] ?? 0) % planted.length] ?? '';
    const told = fromLatin1(`${around.slice(0, half)}\n.\n= s\n${plant}\n.\n= t\n${around.slice(half)}`);
    // The planted command is whole in a session of its own; what spells the secret otherwise is another secret.
    const recording = conversation(told);
    const redactor = new Redactor();
    for (const message of recording.messages()) redactor.learn(message);
    for (const message of recording.messages()) {
      const clean = redactor.message(message);
      assertGone(latin1(clean.raw));
      assertGone(JSON.stringify([clean.name, clean.id, clean.problem, clean.command]));
      // Doing it again changes nothing more.
      assert.equal(latin1(redactor.bytes(clean)), latin1(clean.raw));
    }
    // A recorder cannot know a secret before it is named as one.
    const after = fromLatin1(`= s\n${plant}\n.\n= t\n${around}\n.`);
    const [whole, bytewise] = [redacted(after), redacted(after, 1)];
    assertGone([...whole.values(), ...bytewise.values()].join('\n'));
    // What QEMU discards after an error is hidden where it came in a chunk of its own: no more than that, but for
    // the responses, which are hidden after a command that looks as if it had a secret, in a later session too.
    let uneven = false;
    for (const [stream, one] of whole) {
      const other = bytewise.get(stream) ?? '';
      if (stream.endsWith('s2c') && uneven) continue;
      uneven ||= one !== other;
      assert.equal(other.length, one.length);
      for (let at = 0; at < one.length; at++) {
        assert.ok(one[at] === other[at] || one[at] === 'x' || other[at] === 'x', `${stream} at ${at}`);
      }
    }
  },
};

function assertGone(text: string): void {
  assert.ok(!text.includes(secret), `still there: ${text}`);
}

/** What a recorder with redaction keeps of each stream, its chunks cut to so many bytes; secrets without their numbers. */
function redacted(input: Uint8Array, size = Infinity): ReadonlyMap<string, string> {
  const recording = new MemoryRecording();
  const sink = new RedactingSink(memorySink(recording));
  tell(input, {
    open: (start, t) => sink.open(start, t),
    chunk: (session, { dir, t, bytes, fds }) => {
      for (let at = 0; at < bytes.length; at += size)
        sink.chunk(session, { dir, t, bytes: bytes.subarray(at, at + size), fds: at === 0 ? fds : 0 });
    },
    inject: () => undefined,
    note: () => undefined,
    close: (session, t, end, reason) => {
      sink.close(session, t, end, reason);
    },
  });
  const streams = recording.sessions().flatMap(({ id }) => [`${id} c2s`, `${id} s2c`]);
  const bytes = new Map(streams.map((stream) => [stream, '']));
  for (const { session, dir, raw } of recording.messages()) {
    const text = latin1(raw).replace(/\[redacted:\d+\]|(7072510)\d{9}/g, '[redacted]$1');
    bytes.set(`${session} ${dir}`, (bytes.get(`${session} ${dir}`) ?? '') + text);
  }
  return bytes;
}
