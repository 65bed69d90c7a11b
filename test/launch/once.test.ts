import { expect, test } from 'vitest';
import { once } from '../../src/launch/once.js';

test('an action is done once, and all get its answer, also where it fails', async () => {
  let done = 0;
  const counted = once(() => Promise.resolve(++done));
  expect(await Promise.all([counted(), counted()])).toEqual([1, 1]);
  expect(await counted()).toBe(1);
  const failing = once(() => Promise.reject(new Error(`${++done}`)));
  await expect(failing()).rejects.toThrow('2');
  await expect(failing()).rejects.toThrow('2');
});
