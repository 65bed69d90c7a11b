import { describe, expect, test } from 'vitest';
import { MergedOrder } from '../../../src/recording/merge/merged-order.js';
import { MemoryRecording } from '../../../src/recording/memory.js';
import type { RecordingInfo } from '../../../src/recording/ports.js';
import { message } from '../../support/message.js';
import { sessionStart } from '../../support/recorded.js';

class Growing extends MemoryRecording {
  override readonly info: RecordingInfo = {
    path: 'growing',
    format: 0,
    createdBy: '',
    created: 0,
    live: true,
    incomplete: undefined,
  };

  constructor(...times: readonly number[]) {
    super();
    this.openSession(1, sessionStart());
    this.say(...times);
  }

  say(...times: readonly number[]): void {
    for (const t of times) this.add({ ...message('event', '{}'), seq: this.count() + 1, t });
  }
}

function ordered(...readers: readonly MemoryRecording[]): MergedOrder {
  const order = new MergedOrder({ timeOf: (_, __, t) => t, guard: (_, read) => read() });
  for (const reader of readers) order.add(reader);
  return order;
}

describe('MergedOrder', () => {
  test('gives places by time', () => {
    const [a, b] = [new Growing(1, 4, 5), new Growing(2, 3, 6)];
    const order = ordered(a, b);
    expect([1, 2, 3].map((index) => order.placeOf(a, index))).toEqual([1, 4, 5]);
    expect([1, 2, 3].map((index) => order.placeOf(b, index))).toEqual([2, 3, 6]);
    expect([0, 1, 3, 6].map((place) => order.lastUpTo(b, place))).toEqual([0, 0, 2, 3]);
    expect(order.count()).toBe(6);
  });

  test('a message that is learned of later comes behind, whatever its time', () => {
    const [a, b] = [new Growing(1), new Growing(10)];
    const order = ordered(a, b);
    expect(order.count()).toBe(2);
    a.say(5, 20);
    expect(order.placeOf(a, 2)).toBe(3);
    b.say(12);
    expect(order.count()).toBe(5);
    expect([order.placeOf(a, 3), order.placeOf(b, 2)]).toEqual([4, 5]);
  });

  test('a recording that cannot be read keeps the places that it has', () => {
    const [a, b] = [new Growing(1), new Growing(2)];
    let broken = false;
    const order = new MergedOrder({
      timeOf: (_, __, t) => t,
      guard: (reader, read) => (broken && reader === a ? undefined : read()),
    });
    order.add(a);
    order.add(b);
    expect(order.count()).toBe(2);
    broken = true;
    a.say(3);
    b.say(4);
    expect(order.count()).toBe(3);
    expect([order.placeOf(a, 1), order.placeOf(a, 2), order.placeOf(b, 2)]).toEqual([1, undefined, 3]);
  });
});
