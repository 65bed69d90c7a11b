/**
 * The thread behind a recording: follows the journal, at lower priority than the thread that forwards, and
 * begins anew whenever the file could not be written. Nothing is lost by waiting, since the journal has it.
 */
import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { FileWatch } from './file-watch.js';
import { reasonOf } from '../disk/files.js';
import { Follower } from './follower.js';
import type { IndexerData } from './indexer-messages.js';
import { IndexerPost } from './indexer-post.js';
import { KeptLock } from '../disk/kept-lock.js';

/** How long to wait before the file is tried again. */
const retryInterval = 500;
/** How often a file that cannot be written is tried before the user is told, or before the end. */
const attempts = 2;
/** Failures that lie further apart than this are counted anew. */
const longAgo = 10_000;
/** Another reader may be asking for the lock at this very moment. */
const lockPatience = 5_000;

if (parentPort === null) throw new Error('this is a thread of a recorder');
const data = workerData as IndexerData;
const post = new IndexerPost(parentPort, data.wakeups);
const watch = new FileWatch(data.path, data.file, post);

/**
 * Follows, and begins anew when the file could not be written: locked by another program, on a disk that is
 * full, without a descriptor to spare.
 * @throws the system's or SQLite's error that stood in the way of the end
 */
function followOn(lock: KeptLock): void {
  let failures = 0;
  let failed = 0;
  for (let left = attempts; ;) {
    try {
      if (followOnce(lock) === 'over') return;
    } catch (error) {
      if (post.ending && --left === 0) throw error;
      const now = performance.now();
      failures = now - failed > longAgo ? 1 : failures + 1;
      failed = now;
      if (failures === attempts) post.tell({ type: 'stuck', reason: reasonOf(error) });
      rest();
    }
  }
}

function followOnce(lock: KeptLock): 'over' | 'again' {
  const gone = watch.look();
  if (gone?.removed === true) {
    watch.lose(gone);
    return 'over';
  }
  const follower = new Follower(data, post, watch, lock);
  try {
    return follower.follow();
  } catch (error) {
    follower.close();
    throw error;
  }
}

/** Waits before the next attempt, and answers flushes, which have nothing to wait for. */
function rest(): void {
  const end = performance.now() + retryInterval;
  post.tellFlushed();
  while (!post.ending && performance.now() < end) {
    const { count } = post;
    const said = post.hear();
    post.tellFlushed();
    if (said === undefined) post.wait(count, end - performance.now());
  }
}

/** At equal priority this thread shows in the tail latency of the peers and of the forwarding thread. */
function stepBack(): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Elsewhere than on Linux threads have no priority of their own.
  }
}

stepBack();
const gone = watch.look();
if (gone?.removed === true) {
  watch.lose(gone);
} else {
  let lock: KeptLock | undefined;
  try {
    lock = KeptLock.take(data.path, lockPatience);
    if (lock === undefined) throw new Error('another qmptap writes this recording');
    followOn(lock);
  } catch (error) {
    throw new Error(reasonOf(error), { cause: error });
  } finally {
    lock?.release();
  }
}
