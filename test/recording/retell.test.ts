import { describe, expect, test } from 'vitest';
import { Tap } from '../../src/proxy/tap.js';
import { MemoryRecording } from '../../src/recording/memory.js';
import type { Message } from '../../src/recording/message.js';
import { Retelling } from '../../src/recording/retell.js';
import type { Session } from '../../src/recording/session.js';
import { type Conversation, played } from '../support/conversation.js';
import { MemorySink } from '../support/traffic-sink.js';

const second = 1_000_000;

/** A session that begins so many seconds after the first one. */
function session(label: string, after: number, more: Partial<Conversation> = {}): Conversation {
  const lines = [
    ['->', { execute: 'stop', id: label }],
    ['<-', { return: {}, id: label }],
  ] as const;
  return { label, started: 1_795_165_949_000_000 + after * second, lines, ...more };
}

/** What of a message has to be the same in the copy. */
const comparable = ({ session: id, seq, dir, t, kind, replyTo, latency, raw }: Message): object => ({
  ...{ id, seq, dir, t, kind, replyTo, latency },
  raw: Buffer.from(raw).toString(),
});

describe('a copy', () => {
  test('of a whole recording has the same sessions and messages', () => {
    const original = played(session('a', 0), session('b', 5), session('c', 9, { end: 'server-reset' }));
    const copy = new MemoryRecording();
    const tap = new Tap(copy);
    let sessions = 0;
    const retelling = new Retelling({
      ...{ chunk: tap.chunk.bind(tap), inject: tap.inject.bind(tap), note: tap.note.bind(tap) },
      close: tap.close.bind(tap),
      open(start, t) {
        tap.open(++sessions, start, t);
        return sessions;
      },
    });
    for (const one of original.sessions()) {
      retelling.open(one);
      for (const message of original.messages({ session: one.id })) retelling.message(one.id, message);
    }
    retelling.end();
    expect(Array.from(copy.messages(), comparable)).toEqual(Array.from(original.messages(), comparable));
    expect(copy.sessions()).toEqual(original.sessions());
  });
});

/** The first session of a recording, and one of its messages. */
function one(conversation: Conversation, changes: Partial<Session> = {}): [Session, Message] {
  const recording = played(conversation);
  return [{ ...recording.session(1)!, ...changes }, recording.message(1, 1)!];
}

describe('a retelling', () => {
  test('counts time from the first session on, and gives places in the copy', () => {
    const sink = new MemorySink();
    const retelling = new Retelling(sink);
    const [first, message] = one(session('a', 0), { id: 7 });
    const [second_] = one(session('b', 3), { id: 9 });
    retelling.open(first);
    retelling.open(second_);
    expect(sink.sessions.map(({ opened }) => opened)).toEqual([0, 3e9]);
    expect(retelling.message(9, message)).toEqual({ session: 2, seq: 1 });
    expect(retelling.message(9, message)).toEqual({ session: 2, seq: 2 });
    expect(sink.session(2).chunks.map(({ t }) => t)).toEqual([3e9 + message.t, 3e9 + message.t]);
    expect(retelling.message(8, message)).toBeUndefined();
    expect([retelling.isOpen(7), retelling.isOpen(8)]).toEqual([true, false]);
  });

  test('ends a session before one that began after it, so that a late answer goes to the next', () => {
    const sink = new MemorySink();
    const retelling = new Retelling(sink);
    const [first, message] = one(session('a', 0));
    retelling.open(first);
    for (let n = 0; n < first.messages; n++) retelling.message(1, message);
    const [later] = one(session('b', 60), { id: 2 });
    retelling.open(later);
    expect(sink.session(1).closed).toMatchObject({ t: first.ended, end: 'client-closed' });
    expect(sink.session(2).closed).toBeUndefined();
  });

  test('waits for all messages of a session, as the clock may have been set back', () => {
    const sink = new MemorySink();
    const retelling = new Retelling(sink);
    const [first] = one(session('a', 0));
    retelling.open(first);
    retelling.open(one(session('b', 60), { id: 2 })[0]);
    expect(sink.session(1).closed).toBeUndefined();
  });

  test('cuts off at its last message what had no end, and notes it of every session', () => {
    const sink = new MemorySink();
    const retelling = new Retelling(sink);
    const [first, message] = one(session('a', 0, { end: undefined }), { notes: ['of its own'] });
    retelling.open(first);
    retelling.message(1, message);
    retelling.end('filtered');
    expect(sink.session(1).closed).toEqual({ t: message.t, end: 'cut-off', reason: undefined });
    expect(sink.session(1).notes).toEqual(['of its own', 'filtered']);
  });

  test('injects again what was injected, and gives no time where there was none', () => {
    const told: unknown[] = [];
    const sink = Object.assign(new MemorySink(), {
      inject: (...args: unknown[]) => told.push(args.slice(0, 2)),
    });
    const retelling = new Retelling(sink);
    const [first, message] = one(session('a', 0));
    retelling.open(first);
    retelling.message(1, { ...message, untimed: true });
    retelling.message(1, { ...message, injected: true });
    expect(sink.session(1).chunks.map(({ t }) => t)).toEqual([NaN]);
    expect(told).toEqual([[1, message.t]]);
  });
});
