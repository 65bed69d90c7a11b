/**
 * The thread behind recordings: follows their journals, at lower priority than the thread that forwards. Nothing is
 * lost by waiting, since the journals have it.
 */
import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { IndexerData } from './indexer-messages.js';
import { IndexerPost } from './indexer-post.js';
import { IndexingRounds } from './indexing-rounds.js';

if (parentPort === null) throw new Error('this is a thread of a recorder');
const data = workerData as IndexerData;
const post = new IndexerPost(parentPort, data.signals);

/** At equal priority this thread shows in the tail latency of the peers and of the forwarding thread. */
function stepBack(): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Elsewhere than on Linux threads have no priority of their own.
  }
}

function follow(): void {
  const rounds = new IndexingRounds({
    tell: (message) => {
      post.tell(message);
    },
    work: (id) => {
      post.work(id);
    },
  });
  for (;;) {
    const { count } = post;
    for (let said = post.hear(); said !== undefined; said = post.hear()) {
      if (said.type === 'end') {
        rounds.close();
        return;
      }
      rounds.hear(said);
    }
    const pause = rounds.round(performance.now());
    if (pause > 0) post.wait(count, pause);
  }
}

stepBack();
follow();
