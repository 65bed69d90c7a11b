import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isWritten } from '../../../src/store/disk/liveness.js';
import { IndexedRecording } from '../../../src/store/follow/indexed-recording.js';
import { gauges, type ToFollowed } from '../../../src/store/follow/indexer-messages.js';
import { testFolder } from '../../support/folder.js';
import { writtenJournal } from './journals.js';

function rig() {
  const said: ToFollowed[] = [];
  const told: string[] = [];
  const awaited: boolean[] = [];
  const { file, journal } = writtenJournal(join(testFolder(), 'a.qmptap'));
  const tell = (what: string) => (text: string) => void told.push(`${what} ${text}`);
  const recording: IndexedRecording = new IndexedRecording(
    { path: file.path, durable: false, series: { name: 'a', folder: '/', pattern: /a/, keep: 1 } },
    {
      ...{ died: tell('died'), stuck: tell('stuck'), gone: tell('gone'), lost: tell('lost') },
      ...{ removed: tell('removed'), notRemoved: tell('not removed') },
    },
    {
      frugal: true,
      say: (what) => said.push(what),
      attend: () => awaited.push(recording.isAwaited),
      over: () => told.push('over'),
    },
  );
  onTestFinished(() => {
    recording.release();
  });
  return { recording, journal, path: file.path, said, told, awaited };
}

test('a flush is over when it is answered, and is asked again of another thread until then', async () => {
  const { recording, journal, said, awaited } = rig();
  const flushed = recording.flush(journal.place);
  expect(recording.unanswered).toEqual(said);
  expect(said).toEqual([{ type: 'flush', flush: 1, upTo: journal.place }]);
  recording.hear({ type: 'flushed', flush: 1 });
  await flushed;
  expect([recording.unanswered, awaited]).toEqual([[], [true, false]]);
});

test('a series is looked through by the next thread, too: the last one may have died before', () => {
  const { recording, said } = rig();
  expect(recording.unanswered).toEqual([]);
  recording.prune();
  expect(said).toEqual([{ type: 'prune' }]);
  expect(recording.unanswered).toEqual(said);
});

test('what is told of it is handed on; its end ends everything', async () => {
  const { recording, told, journal, said } = rig();
  recording.prune();
  recording.hear({ type: 'stuck', reason: 'a' });
  recording.hear({ type: 'gone', reason: 'b' });
  recording.hear({ type: 'removed', path: '/c' });
  recording.hear({ type: 'not-removed', line: 'd' });
  const flushed = recording.flush(journal.place);
  const finished = recording.finish(undefined);
  recording.hear({ type: 'finished', messages: 3, incomplete: undefined });
  await flushed;
  expect(await finished).toEqual({ messages: 3, incomplete: undefined });
  expect(told).toEqual(['stuck a', 'gone b', 'removed /c', 'not removed d', 'over']);
  await recording.flush(journal.place);
  recording.prune();
  expect(said.map(({ type }) => type)).toEqual(['prune', 'flush', 'finish']);
});

test('one that is set aside is locked, so that nobody recovers it, until its end', async () => {
  const { recording, told, path } = rig();
  recording.setAside('no memory');
  await recording.held();
  expect([told, isWritten(path)]).toEqual([['over', 'died no memory'], true]);
  expect(await recording.aside()).toBe('no memory');
  expect(isWritten(path)).toBe(false);
  expect(await recording.finish(undefined)).toEqual({
    messages: undefined,
    incomplete: 'no memory; the rest is recovered when it is next opened',
  });
});

test('how large it is, and how far, the other thread says', () => {
  const { recording } = rig();
  expect([recording.size, recording.segment]).toEqual([0, 1]);
  recording.followed.gauge[gauges.size] = 3;
  recording.followed.gauge[gauges.segment] = 2;
  recording.wrote();
  expect([recording.size, recording.segment, recording.followed.gauge[gauges.writes]]).toEqual([3072, 2, 1]);
});
