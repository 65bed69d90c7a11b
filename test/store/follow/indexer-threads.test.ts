import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { signals } from '../../../src/store/follow/indexer-messages.js';
import { IndexerThread } from '../../../src/store/follow/indexer-thread.js';
import { IndexerThreads } from '../../../src/store/follow/indexer-threads.js';
import { openRecording } from '../../../src/store/index/open.js';
import type { Recorder } from '../../../src/store/index/recorder.js';
import { testFolder } from '../../support/folder.js';
import { expectEvents, sendEvents } from '../events.js';
import { record, start } from '../traffic.js';

/** The threads that begin until the test ends. */
function workers(): Worker[] {
  const begun: Worker[] = [];
  const note = (worker: Worker): void => void begun.push(worker);
  process.on('worker', note);
  onTestFinished(() => void process.off('worker', note));
  return begun;
}

async function recorders(
  count: number,
  indexer: IndexerThread | IndexerThreads,
): Promise<{ folder: string; all: Recorder[] }> {
  const folder = testFolder();
  const all: Recorder[] = [];
  for (let n = 0; n < count; n++) {
    const recorder = await record(join(folder, `${n}.qmptap`), { indexer });
    recorder.open(start, 0);
    sendEvents(recorder, 1, 100);
    all.push(recorder);
  }
  return { folder, all };
}

test('many recordings have a few threads, which end with the last one', async () => {
  const begun = workers();
  const threads = new IndexerThreads({ onTrouble: (line) => expect.unreachable(line) });
  const { folder, all } = await recorders(40, threads);
  await Promise.all(all.map((recorder) => recorder.flush()));
  expect(begun).toHaveLength(4);
  const ends = begun.map((worker) => once(worker, 'exit'));
  threads.close();
  sendEvents(all[7]!, 101, 100);
  const finished = await Promise.all(all.map((recorder) => recorder.finish()));
  expect(finished.map(({ messages }) => messages)).toEqual(all.map((_, n) => (n === 7 ? 200 : 100)));
  await Promise.all(ends);
  expect(readdirSync(folder)).toHaveLength(40);
});

test('a thread that dies is begun again with all that it had, and what they were asked is answered', async () => {
  const begun = workers();
  const told: string[] = [];
  const thread = new IndexerThread({ shared: true, onTrouble: (line) => told.push(line) });
  const { folder, all } = await recorders(10, thread);
  await all[0]!.flush();
  const answers = all.map((recorder) => recorder.flush());
  await begun[0]!.terminate();
  for (const recorder of all) sendEvents(recorder, 101, 100);
  await Promise.all([...answers, ...all.map((recorder) => recorder.flush())]);
  expect(told).toEqual(['indexing was interrupted: its thread ended; it goes on, and nothing is lost']);
  for (const { path } of all) {
    using reader = openRecording(path);
    expect([reader.info.live, reader.count()]).toEqual([true, 200]);
  }
  const ends = all.map((recorder) => recorder.finish());
  await begun[1]!.terminate();
  expect((await Promise.all(ends)).map(({ messages, incomplete }) => [messages, incomplete])).toEqual(
    all.map(() => [200, undefined]),
  );
  for (const { path } of all) expect(expectEvents(path)).toBe(200);
  expect(readdirSync(folder)).toHaveLength(10);
  thread.close();
});

test('a recording in whose turn it dies twice is set aside, and has a thread of its own for its end', async () => {
  const begun = workers();
  const told: string[] = [];
  const lines: string[] = [];
  const shared = new Int32Array(new SharedArrayBuffer(4 * signals.length));
  const thread = new IndexerThread({
    shared: true,
    signals: shared,
    onTrouble: (line) => told.push(line),
  });
  const poison = await record(join(testFolder(), 'p.qmptap'), {
    indexer: thread,
    onTrouble: (line) => lines.push(line),
  });
  poison.open(start, 0);
  const { all } = await recorders(3, thread);
  await Promise.all([poison, ...all].map((recorder) => recorder.flush()));
  for (const time of [0, 1]) {
    const end = once(begun[time]!, 'exit');
    Atomics.store(shared, signals.working, 1); // the number of the first
    await begun[time]!.terminate();
    await end;
  }
  sendEvents(poison, 1, 50);
  for (const recorder of all) sendEvents(recorder, 101, 50);
  await Promise.all(all.map((recorder) => recorder.flush()));
  expect(lines).toEqual([expect.stringMatching(/p\.qmptap: indexing stopped: its thread ended; traffic is/)]);
  await poison.held();
  {
    using reader = openRecording(poison.path);
    expect([reader.info.live, reader.count()]).toEqual([true, 0]);
  }
  expect(await poison.finish()).toEqual({ messages: 50, incomplete: undefined });
  expect(begun).toHaveLength(4);
  for (const recorder of all) expect(await recorder.finish()).toMatchObject({ messages: 150 });
  thread.close();
});
