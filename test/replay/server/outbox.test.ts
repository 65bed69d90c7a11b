import { describe, expect, test } from 'vitest';
import { Outbox } from '../../../src/replay/server/outbox.js';
import { bytesOf, textOf } from '../playbook.js';

function bytes(text: string) {
  return { kind: 'bytes' as const, bytes: bytesOf(text) };
}

function sentBy(outbox: Outbox, now: number): string {
  let text = '';
  for (let next = outbox.next(now); next; next = outbox.next(now))
    text += next.kind === 'bytes' ? textOf(next.bytes) : '.';
  return text;
}

describe('an outbox', () => {
  test('keeps the order, whatever is due when', () => {
    const outbox = new Outbox();
    expect(outbox.add(bytes('a'), 20)).toBe(20);
    expect(outbox.add(bytes('b'), 10)).toBe(20);
    outbox.add({ kind: 'close', how: 'end' }, 30);
    expect(sentBy(outbox, 19)).toBe('');
    expect(outbox.wakeAt).toBe(20);
    expect(sentBy(outbox, 20)).toBe('ab');
    expect(outbox.empty).toBe(false);
    expect(sentBy(outbox, 30)).toBe('.');
    expect(outbox.empty).toBe(true);
    expect(outbox.wakeAt).toBeUndefined();
  });

  test('waits at a place that is kept', () => {
    const outbox = new Outbox();
    const place = outbox.reserve(0);
    outbox.add(bytes('b'), 0);
    expect(sentBy(outbox, 5)).toBe('');
    expect(outbox.wakeAt).toBeUndefined();
    outbox.interject(bytesOf('e'), 5);
    outbox.fill(place, bytesOf('a'));
    expect(sentBy(outbox, 5)).toBe('eab');
    outbox.interject(bytesOf('f'), 5);
    expect(sentBy(outbox, 5)).toBe('f');
  });

  test('hurries events at its end, and no response', () => {
    const outbox = new Outbox();
    outbox.add(bytes('e'), 100, true);
    outbox.add(bytes('r'), 200);
    outbox.add(bytes('f'), 300, true);
    outbox.hurry(50);
    expect(sentBy(outbox, 199)).toBe('e');
    expect(sentBy(outbox, 200)).toBe('rf');
    outbox.add(bytes('g'), 900, true);
    outbox.hurry(250);
    outbox.add(bytes('h'), 260);
    expect(sentBy(outbox, 250)).toBe('g');
    expect(outbox.wakeAt).toBe(260);
  });
});
