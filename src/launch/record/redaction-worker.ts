/** The thread of `redaction-thread.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { RedactingSink } from '../../proxy/redacting-sink.js';
import type { TrafficSink } from '../../recording/ports.js';
import { parseUserRules } from '../../redact/user-rules.js';
import type { FromRedaction, RedactionData, ToRedaction } from './redaction-thread.js';

const { rules, done } = workerData as RedactionData;

/** The session that is being opened: its number is the recorder's. */
let opening = 0;

const back: TrafficSink = {
  open: () => opening,
  chunk: (session, chunk) => {
    say({ ...chunk, type: 'chunk', session, bytes: chunk.bytes.slice() });
  },
  inject: (session, t, bytes) => {
    say({ type: 'inject', session, t, bytes: bytes.slice() });
  },
  note: (session, t, text) => {
    say({ type: 'note', session, t, text });
  },
  close: (session, t, end, reason) => {
    say({ type: 'close', session, t, end, reason });
  },
};

const sink = new RedactingSink(back, parseUserRules(rules));

function say(message: FromRedaction): void {
  const transfer = 'bytes' in message ? [message.bytes.buffer] : [];
  parentPort?.postMessage(message, transfer);
}

parentPort?.on('message', (message: ToRedaction) => {
  switch (message.type) {
    case 'open':
      opening = message.session;
      sink.open(message.start, message.t);
      break;
    case 'chunk':
      sink.chunk(message.session, message);
      break;
    case 'inject':
      sink.inject(message.session, message.t, message.bytes);
      break;
    case 'note':
      sink.note(message.session, message.t, message.text);
      break;
    case 'close':
      sink.close(message.session, message.t, message.end, message.reason);
      break;
    case 'drain':
      say({ type: 'drained' });
  }
  if ('bytes' in message) {
    Atomics.add(done, 0, message.bytes.length);
    Atomics.notify(done, 0);
  }
});
