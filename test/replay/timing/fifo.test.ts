import { describe, expect, test } from 'vitest';
import { Fifo } from '../../../src/replay/timing/fifo.js';

describe('a queue', () => {
  test('gives its members in the order of their coming', () => {
    const queue = new Fifo<string>();
    expect(queue.take()).toBeUndefined();
    queue.push('a');
    queue.push('c');
    queue.insert(1, 'b');
    expect([queue.at(-1), queue.at(0), queue.at(2), queue.at(3)]).toEqual([undefined, 'a', 'c', undefined]);
    expect(queue.take()).toBe('a');
    queue.insert(2, 'd');
    expect([queue.size, queue.at(0), queue.at(2)]).toEqual([3, 'b', 'd']);
    expect([queue.take(), queue.take(), queue.take(), queue.take()]).toEqual(['b', 'c', 'd', undefined]);
    expect(queue.size).toBe(0);
  });

  test('gives one of the next before the first', () => {
    const queue = new Fifo<string>();
    for (const item of 'abcd') queue.push(item);
    expect([queue.take(2), queue.take(3), queue.take(1)]).toEqual(['c', undefined, 'b']);
    expect([queue.take(), queue.take(), queue.take()]).toEqual(['a', 'd', undefined]);
  });

  // An array moves eight megabytes for each of these.
  test('of a million gives the first at once', () => {
    const queue = new Fifo<number>();
    for (let item = 0; item < 1_000_000; item++) queue.push(item);
    for (let item = 0; item < 500_000; item++) {
      queue.take();
      queue.push(1_000_000 + item);
    }
    expect([queue.size, queue.at(0), queue.at(999_999)]).toEqual([1_000_000, 500_000, 1_499_999]);
    for (let left = queue.size; left > 0; left--) queue.take();
    expect(queue.take()).toBeUndefined();
  });
});
