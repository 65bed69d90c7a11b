import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { openRecording } from '../../../src/store/index/open.js';
import type { Recorder } from '../../../src/store/index/recorder.js';
import { testFolder } from '../../support/folder.js';
import { expectEvents, sendEvents } from '../events.js';
import { record, start } from '../traffic.js';

describe('when the indexing thread dies', () => {
  async function withDeadThread(
    path: string,
    times: number,
  ): Promise<{ recorder: Recorder; lines: string[]; next: number }> {
    const lines: string[] = [];
    let thread = once(process, 'worker') as Promise<[Worker]>;
    const recorder = await record(path, { segmentSize: 30_000, onTrouble: (line) => lines.push(line) });
    recorder.open(start, 0);
    let next = 1;
    while (next <= 3_000) next = sendEvents(recorder, next, 100);
    await recorder.flush();
    while (next <= 9_000) next = sendEvents(recorder, next, 100);
    for (let time = 0; time < times; time++) {
      const [worker] = await thread;
      thread = once(process, 'worker') as Promise<[Worker]>;
      await worker.terminate();
    }
    while (next <= 12_000) next = sendEvents(recorder, next, 100);
    return { recorder, lines, next };
  }

  test('another one goes on, and the user is told', async () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    const { recorder, lines, next } = await withDeadThread(path, 1);
    await recorder.flush();
    using recording = openRecording(path);
    expect([recording.info.live, recording.count()]).toEqual([true, next - 1]);
    expect(lines).toEqual([
      `${path}: indexing was interrupted: its thread ended; it goes on, and nothing is lost`,
    ]);
    expect(await recorder.finish()).toEqual({ messages: next - 1, incomplete: undefined });
    expect(expectEvents(path)).toBe(next - 1);
  });

  test('again and again, the user is told that it has stopped, and the end indexes everything', async () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    const { recorder, lines, next } = await withDeadThread(path, 4);
    await recorder.flush();
    recorder.close(1, 5, 'server-closed', undefined);
    expect(await recorder.finish()).toEqual({ messages: next - 1, incomplete: undefined });
    const stopped = /a\.qmptap: indexing stopped: its thread ended; traffic is still kept, and recovered/;
    expect(lines.filter((line) => stopped.test(line))).toHaveLength(1);
    expect(lines.at(-1)).toMatch(stopped);
    expect(expectEvents(path)).toBe(next - 1);
    expect(readdirSync(folder)).toEqual(['a.qmptap']);
  });

  test('for good, nobody recovers a journal that still grows', async () => {
    const path = join(testFolder(), 'a.qmptap');
    const { recorder, next } = await withDeadThread(path, 4);
    await recorder.held();
    {
      using recording = openRecording(path);
      expect(recording.info.live).toBe(true);
      expect(recording.count()).toBeGreaterThanOrEqual(3_000);
    }
    expect(await recorder.finish()).toMatchObject({ messages: next - 1 });
  });
});
