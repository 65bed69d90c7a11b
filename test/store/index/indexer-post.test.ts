import { MessageChannel } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import type { FromIndexer, ToIndexer } from '../../../src/store/index/indexer-messages.js';
import { IndexerPost } from '../../../src/store/index/indexer-post.js';

/** The post, and the other end of its line. */
function line(): { post: IndexerPost; say: (message: ToIndexer) => void; next: () => Promise<FromIndexer> } {
  const { port1, port2 } = new MessageChannel();
  onTestFinished(() => {
    port1.close();
  });
  const wakeups = new Int32Array(new SharedArrayBuffer(4));
  return {
    post: new IndexerPost(port1, wakeups),
    say(message) {
      port2.postMessage(message);
      Atomics.add(wakeups, 0, 1);
      Atomics.notify(wakeups, 0);
    },
    next: () => new Promise((resolve) => port2.once('message', resolve)),
  };
}

test('what was said is heard once, in its order; the end again and again', () => {
  const { post, say } = line();
  expect(post.hear()).toBeUndefined();
  say({ type: 'prune' });
  say({ type: 'finish', trouble: undefined });
  expect([post.hear()?.type, post.ending]).toEqual(['prune', false]);
  for (let again = 0; again < 3; again++) expect(post.hear()?.type).toBe('finish');
  expect(post.ending).toBe(true);
});

test('a flush is answered once, with its number', async () => {
  const { post, say, next } = line();
  post.tellFlushed();
  say({ type: 'flush', id: 7 });
  expect(post.hear()).toEqual({ type: 'flush', id: 7 });
  post.tellFlushed();
  post.tellFlushed();
  post.tell({ type: 'stuck', reason: 'behind it' });
  expect(await next()).toEqual({ type: 'flushed', id: 7 });
  expect(await next()).toEqual({ type: 'stuck', reason: 'behind it' });
});

test('who was woken between the look and the wait does not wait', () => {
  const { post, say } = line();
  const { count } = post;
  say({ type: 'prune' });
  expect(post.count).toBe(count + 1);
  post.wait(count, 1_000_000); // would outlast the test
  post.wait(post.count, 1);
});
