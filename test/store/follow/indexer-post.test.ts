import { MessageChannel } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { type FromIndexer, signals, type ToIndexer } from '../../../src/store/follow/indexer-messages.js';
import { IndexerPost } from '../../../src/store/follow/indexer-post.js';

/** The post, and the other end of its line. */
function line() {
  const { port1, port2 } = new MessageChannel();
  onTestFinished(() => {
    port1.close();
  });
  const shared = new Int32Array(new SharedArrayBuffer(4 * signals.length));
  return {
    post: new IndexerPost(port1, shared),
    shared,
    say: (message: ToIndexer): void => {
      port2.postMessage(message);
      Atomics.add(shared, signals.wakeups, 1);
      Atomics.notify(shared, signals.wakeups);
    },
    next: (): Promise<FromIndexer> => new Promise((resolve) => port2.once('message', resolve)),
  };
}

test('what was said is heard once, in its order', async () => {
  const { post, say, next } = line();
  expect(post.hear()).toBeUndefined();
  say({ type: 'to', id: 3, said: { type: 'prune' } });
  say({ type: 'end' });
  expect([post.hear()?.type, post.hear()?.type, post.hear()]).toEqual(['to', 'end', undefined]);
  post.tell({ id: 3, told: { type: 'flushed', flush: 7 } });
  expect(await next()).toEqual({ id: 3, told: { type: 'flushed', flush: 7 } });
});

test('who was woken between the look and the wait does not wait', () => {
  const { post, say } = line();
  const { count } = post;
  say({ type: 'end' });
  expect(post.count).toBe(count + 1);
  post.wait(count, 1_000_000); // would outlast the test
  post.wait(post.count, 1);
});

test('whose turn it is can be seen from outside', () => {
  const { post, shared } = line();
  post.work(5);
  expect(shared[signals.working]).toBe(5);
});
