import { expect, test } from 'vitest';
import { Undo } from '../../src/launch/undo.js';

test('the last is released first, each once', async () => {
  const undo = new Undo();
  const done: number[] = [];
  for (const step of [1, 2, 3]) {
    undo.add(async () => {
      await Promise.resolve();
      done.push(step);
    });
  }
  await undo.all();
  await undo.all();
  expect(done).toEqual([3, 2, 1]);
});
