import { describe, expect, test } from 'vitest';
import { Pending, pendingCount, type PendingItem } from '../../../src/tui/pages/pending.js';
import { type Conversation, exchange, type Line, played } from '../../support/conversation.js';

const removal: Line[] = exchange('device_del', { id: 'd' });
const asked = (name: string, after = 1): Line => ['->', { execute: name }, after];

function pending(live: boolean, ...sessions: (Conversation | readonly Line[])[]): readonly PendingItem[] {
  const reader = played(...sessions);
  const found = new Pending(reader);
  found.refresh();
  while (found.work());
  return found.list(new Map(reader.sessions().map((session) => [session.id, session])), live);
}

describe('Pending', () => {
  test('commands without a response and stories without an end, the oldest first', () => {
    const started = Date.now() * 1000 - 10e6;
    const lines = [...removal, ...exchange('cont'), asked('stop'), asked('query-block', 1000)];
    const items = pending(true, { lines, started, end: undefined });
    expect(items.map(({ name, story, running, seq }) => [name, story, running, seq])).toEqual([
      ['device removal d', true, true, 1],
      ['stop', false, true, 5],
      ['query-block', false, true, 6],
    ]);
    expect(items[0]!.age).toBeGreaterThan(items[2]!.age);
    expect(items[2]!.age).toBeGreaterThanOrEqual(8e9);
  });

  test('of a recording that is over nothing can end any more: as long as it was watched', () => {
    const items = pending(false, { lines: [...removal, asked('stop', 100)], endAfter: 50 });
    expect(items.map(({ name, running, age }) => [name, running, age / 1e6])).toEqual([
      ['device removal d', false, 151],
      ['stop', false, 50],
    ]);
  });

  test('what may still end comes before what cannot', () => {
    const open = { lines: [asked('cont')], started: Date.now() * 1000 - 1e6, end: undefined };
    expect(pending(true, [asked('stop')], open).map(({ name, running }) => [name, running])).toEqual([
      ['cont', true],
      ['stop', false],
    ]);
  });

  test('a response or an event that comes takes it off', () => {
    const reader = played({ lines: exchange('stop').slice(0, 1), end: undefined });
    const found = new Pending(reader);
    const names = (): string[] => {
      found.refresh();
      while (found.work());
      return found
        .list(new Map(reader.sessions().map((session) => [session.id, session])), true)
        .map(({ name }) => name);
    };
    expect(names()).toEqual(['stop']);
    const [command] = reader.messages();
    reader.add({ ...command!, seq: 2, kind: 'success', dir: 's2c', replyTo: 1 });
    expect(names()).toEqual([]);
  });
});

test('more than 500 are not counted', () => {
  expect([pendingCount(499), pendingCount(500)]).toEqual(['499', '500+']);
});
