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
  ): Promise<{ recorder: Recorder; lines: string[]; next: number }> {
    const lines: string[] = [];
    const thread = once(process, 'worker') as Promise<[Worker]>;
    const recorder = await record(path, { segmentSize: 30_000, onTrouble: (line) => lines.push(line) });
    const [worker] = await thread;
    recorder.open(start, 0);
    let next = 1;
    while (next <= 3_000) next = sendEvents(recorder, next, 100);
    await recorder.flush();
    while (next <= 9_000) next = sendEvents(recorder, next, 100);
    await worker.terminate();
    while (next <= 12_000) next = sendEvents(recorder, next, 100);
    return { recorder, lines, next };
  }

  test('the user is told once, and the end indexes everything', async () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    const { recorder, lines, next } = await withDeadThread(path);
    await recorder.flush();
    recorder.close(1, 5, 'server-closed', undefined);
    expect(await recorder.finish()).toEqual({ messages: next - 1, incomplete: undefined });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      /^[^\n]*a\.qmptap: indexing stopped: its thread ended; traffic is still kept, and recovered/,
    );
    expect(expectEvents(path)).toBe(next - 1);
    expect(readdirSync(folder)).toEqual(['a.qmptap']);
  });

  test('nobody recovers a journal that still grows', async () => {
    const path = join(testFolder(), 'a.qmptap');
    const { recorder, next } = await withDeadThread(path);
    await recorder.held();
    {
      using recording = openRecording(path);
      expect(recording.info.live).toBe(true);
      expect(recording.count()).toBeGreaterThanOrEqual(3_000);
    }
    expect(await recorder.finish()).toMatchObject({ messages: next - 1 });
  });
});
