import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { HostSink } from '../../../src/launch/host/host-sink.js';
import { totalLimit, VmRecording } from '../../../src/launch/host/vm-recording.js';
import { IndexerThreads } from '../../../src/store/follow/indexer-threads.js';
import { openRecording } from '../../../src/store/index/open.js';
import { testFolder } from '../../support/folder.js';
import { until } from '../../support/until.js';

const startAt = (address: string) => ({
  ...{ label: 'web1', dialect: 'qmp' as const, started: 0 },
  ...{ client: { address }, server: { address } },
});

function recordingIn(folder: string): { recording: VmRecording; told: string[] } {
  const told: string[] = [];
  const indexer = new IndexerThreads({ onTrouble: (line) => told.push(line) });
  onTestFinished(() => {
    indexer.close();
  });
  const recording = new VmRecording({
    ...{ folder, label: 'web1', limits: {}, durable: false, firstNote: 'goes on', indexer },
    onEvent: (event) => told.push(event.type === 'trouble' ? event.text : event.type),
  });
  return { recording, told };
}

test('a file is begun with the first session, and complete after the last', async () => {
  const folder = testFolder();
  const { recording } = recordingIn(folder);
  const sink = new HostSink();
  sink.add('/a', recording);
  expect(readdirSync(folder)).toEqual([]);
  const session = sink.open(startAt('/a'), 0);
  const other = sink.open(startAt('/b'), 0);
  for (const each of [session, other])
    sink.chunk(each, { dir: 's2c', t: 1, bytes: Buffer.from('{"return": {}}\r\n'), fds: 0 });
  sink.remove('/a');
  recording.end();
  sink.chunk(session, { dir: 's2c', t: 2, bytes: Buffer.from('{"return": {}}\r\n'), fds: 0 });
  sink.note(session, 3, 'a note');
  sink.inject(session, 3, Buffer.from(''));
  for (const each of [session, other]) sink.close(each, 4, 'client-closed', undefined);
  await recording.finished;
  const path = recording.path ?? '';
  expect(path).toMatch(/-web1\.qmptap$/);
  using reader = openRecording(path);
  expect(reader.count()).toBe(2);
  expect(reader.sessions()).toMatchObject([
    { label: 'web1', end: 'client-closed', notes: ['goes on', 'a note'] },
  ]);
});

test('without a session there is no file', async () => {
  const folder = testFolder();
  const { recording } = recordingIn(folder);
  recording.end();
  await recording.finished;
  expect(recording.path).toBeUndefined();
  expect(readdirSync(folder)).toEqual([]);
});

test('where no file can be made the session goes on, and the next one is recorded', async () => {
  const folder = join(testFolder(), 'recordings');
  writeFileSync(folder, 'in the way');
  const { recording, told } = recordingIn(folder);
  const sink = new HostSink();
  sink.add('/a', recording);
  for (const session of [sink.open(startAt('/a'), 0), sink.open(startAt('/a'), 0)])
    sink.close(session, 1, 'client-closed', undefined);
  expect(told).toEqual([expect.stringMatching(/it is not recorded: .*recordings/)]);
  rmSync(folder);
  mkdirSync(folder);
  sink.close(sink.open(startAt('/a'), 2), 3, 'client-closed', undefined);
  recording.end();
  await recording.finished;
  expect(existsSync(recording.path ?? '')).toBe(true);
});

test('with a total, the oldest of another VM is removed, and the files say of what VM they are', async () => {
  const folder = testFolder();
  const removed: string[] = [];
  const recordings = ['a', 'b', 'c'].map((name) => `20261120-09123${name.charCodeAt(0) % 10}-${name}.qmptap`);
  const limits = { maxTotal: 1 << 20 };
  const total = totalLimit({ recordings: folder, limits });
  expect(total).toMatchObject({ folder, most: 1 << 20 });
  expect(recordings.every((name) => total!.pattern.test(name))).toBe(true);
  expect(totalLimit({ recordings: folder, limits: {} })).toBeUndefined();
  const begin = (label: string, most: number): VmRecording => {
    const indexer = new IndexerThreads({
      onTrouble: () => undefined, // one that is being written is too much already
      total: { ...total!, most },
      onRemoved: (path) => removed.push(path),
    });
    onTestFinished(() => {
      indexer.close();
    });
    return new VmRecording({
      ...{ folder, label, limits, durable: false, firstNote: undefined, indexer },
      onEvent: () => undefined,
    });
  };
  const first = begin('a', 1 << 30);
  const session = first.begin(startAt('/a'), 0)!;
  session.sink.close(session.session, 1, 'client-closed', undefined);
  first.closed();
  first.end();
  await first.finished;
  {
    using reader = openRecording(first.path!);
    expect(reader.info.series).toBe('a');
  }
  const second = begin('b', 1);
  const other = second.begin(startAt('/b'), 0)!;
  await until('the first to be removed', () => removed.includes(first.path!));
  other.sink.close(other.session, 1, 'client-closed', undefined);
  second.closed();
  second.end();
  await second.finished;
});
