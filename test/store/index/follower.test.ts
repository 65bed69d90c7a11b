import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, onTestFinished, test } from 'vitest';
import { KeptLock } from '../../../src/store/disk/kept-lock.js';
import { holdFile, releaseFile } from '../../../src/store/disk/moved-file.js';
import { FileWatch } from '../../../src/store/index/file-watch.js';
import { Follower } from '../../../src/store/index/follower.js';
import type { FromIndexer, IndexerData, ToIndexer } from '../../../src/store/index/indexer-messages.js';
import { IndexerPost } from '../../../src/store/index/indexer-post.js';
import { openRecording } from '../../../src/store/index/open.js';
import { testFolder } from '../../support/folder.js';
import { chatter, crashed, start } from '../traffic.js';

interface Setup {
  readonly folder: string;
  readonly path: string;
  readonly follower: Follower;
  readonly say: (message: ToIndexer) => void;
  /** All that the follower told until its end. */
  readonly told: () => Promise<FromIndexer[]>;
}

/** A follower of a recording of 23 messages, all of which are in its journal. */
function following(): Setup {
  const folder = testFolder();
  const path = join(folder, 'a.qmptap');
  crashed(path, (to) => {
    to.open(1, start, 0);
    chatter({ ...to, open: () => 1 }, 1, 10);
    to.close(1, 90_000, 'client-closed', undefined);
  });
  const { port1, port2 } = new MessageChannel();
  const shared = (length: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * length));
  const file = holdFile(path);
  const lock = KeptLock.take(path, 0)!;
  const data: IndexerData = {
    ...{ path, durable: false, file, series: undefined },
    ...{ wakeups: shared(1), gauge: shared(2) },
  };
  const post = new IndexerPost(port1, data.wakeups);
  onTestFinished(() => {
    port1.close();
    lock.release();
    releaseFile(file);
  });
  const messages: FromIndexer[] = [];
  port2.on('message', (message: FromIndexer) => messages.push(message));
  return {
    folder,
    path,
    follower: new Follower(data, post, new FileWatch(path, file, post), lock),
    say: (message) => {
      port2.postMessage(message);
    },
    told: () =>
      new Promise((resolve) => {
        const check = (): void => {
          if (/^(?:finished|lost)$/.test(messages.at(-1)?.type ?? '')) resolve(messages);
          else port2.once('message', check);
        };
        check();
      }),
  };
}

describe('a follower', () => {
  test('that is told to finish leaves one file with all of it', async () => {
    const { folder, path, follower, say, told } = following();
    say({ type: 'finish', trouble: undefined });
    expect(follower.follow()).toBe('over');
    expect(await told()).toEqual([{ type: 'finished', messages: 23, incomplete: undefined }]);
    expect(readdirSync(folder)).toEqual(['a.qmptap']);
    using reader = openRecording(path);
    expect([reader.count(), reader.info.incomplete]).toEqual([23, undefined]);
  });

  test('answers a flush when all can be read', async () => {
    const { path, follower, say, told } = following();
    say({ type: 'flush', id: 4 });
    say({ type: 'finish', trouble: { loss: 'write-failed', reason: 'the disk is full' } });
    expect(follower.follow()).toBe('over');
    expect(await told()).toEqual([
      { type: 'flushed', id: 4 },
      { type: 'finished', messages: 23, incomplete: 'the disk is full' },
    ]);
    using reader = openRecording(path);
    expect(reader.info).toMatchObject({ loss: 'write-failed', incomplete: 'the disk is full' });
  });

  test('finishes a file that was moved where it is now', async () => {
    const { folder, path, follower, say, told } = following();
    renameSync(path, join(folder, 'b.qmptap'));
    say({ type: 'finish', trouble: undefined });
    expect(follower.follow()).toBe('over');
    const reason = expect.stringContaining('moved to') as string;
    expect(await told()).toEqual([
      { type: 'gone', reason },
      { type: 'finished', messages: 23, incomplete: reason },
    ]);
    expect(readdirSync(folder)).toEqual(['b.qmptap']);
    using reader = openRecording(join(folder, 'b.qmptap'));
    expect([reader.count(), reader.info.loss]).toEqual([23, 'file-moved']);
  });

  test('of a file that was removed leaves nothing beside it', async () => {
    const { folder, path, follower, say, told } = following();
    rmSync(path);
    say({ type: 'finish', trouble: undefined });
    expect(follower.follow()).toBe('over');
    expect(await told()).toMatchObject([{ type: 'lost' }]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('writes all into the file and begins anew when its log is gone', () => {
    const { path, follower } = following();
    rmSync(`${path}-wal`);
    expect(follower.follow()).toBe('again');
    expect(existsSync(`${path}-wal`)).toBe(true);
    using reader = openRecording(path);
    expect(reader.count()).toBe(23);
  });
});
