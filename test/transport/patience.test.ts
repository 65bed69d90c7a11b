import { expect, test } from 'vitest';
import { unlessAborted } from '../../src/transport/patience.js';

test('waits for what comes, unless the signal fires before', async () => {
  const control = new AbortController();
  await unlessAborted(Promise.resolve(7), control.signal);
  const waiting = unlessAborted(new Promise(() => undefined), control.signal);
  const reason = new Error('enough');
  control.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  await expect(unlessAborted(new Promise(() => undefined), control.signal)).rejects.toBe(reason);
});
