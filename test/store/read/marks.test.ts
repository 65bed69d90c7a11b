import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { OutputError, RecordingError } from '../../../src/errors.js';
import { StoredMarks } from '../../../src/store/read/marks.js';
import { openRecording } from '../../../src/store/index/open.js';
import { createRecording } from '../../../src/store/index/recorder.js';
import { MessageFile } from '../../support/message-file.js';
import { testFolder } from '../../support/folder.js';
import { message } from '../../support/message.js';
import { asOrdinaryUser } from '../../support/ordinary-user.js';
import { start } from '../traffic.js';

function finished(): string {
  const path = join(testFolder(), 'a.qmptap');
  using file = new MessageFile(path);
  file.openSession(1, start);
  file.add(message('event', '{"event": "STOP"}', { name: 'STOP' }));
  file.finish();
  return path;
}

const list = (path: string): readonly unknown[] => new StoredMarks(path).marks();

test('marks are kept, changed and taken off, and the recording reads as before', () => {
  const path = finished();
  const before = readFileSync(path);
  expect(list(path)).toEqual([]);
  expect(readFileSync(path).equals(before)).toBe(true);
  const marks = new StoredMarks(path);
  marks.put({ session: 2, seq: 1, note: undefined });
  marks.put({ session: 1, seq: 12, note: 'first' });
  marks.put({ session: 1, seq: 12, note: 'why "so" slow\n?' });
  expect(list(path)).toEqual([
    { session: 1, seq: 12, note: 'why "so" slow\n?' },
    { session: 2, seq: 1, note: undefined },
  ]);
  marks.remove({ session: 1, seq: 12 });
  expect(list(path)).toEqual([{ session: 2, seq: 1, note: undefined }]);
  using reader = openRecording(path);
  expect([...reader.messages()]).toHaveLength(1);
});

test('a live recording is marked while it is written', async () => {
  const path = join(testFolder(), 'live.qmptap');
  const recorder = await createRecording(path, { createdBy: 'test', onTrouble: () => undefined });
  const session = recorder.open(start, 0);
  openRecording(path).close(); // waits until it has begun
  new StoredMarks(path).put({ session: 1, seq: 1, note: 'now' });
  recorder.chunk(session, {
    dir: 's2c',
    t: 1,
    bytes: new TextEncoder().encode('{"event": "STOP"}\r\n'),
    fds: 0,
  });
  recorder.close(session, 2, 'client-closed', undefined);
  await recorder.finish();
  expect(list(path)).toEqual([{ session: 1, seq: 1, note: 'now' }]);
  using reader = openRecording(path);
  expect(reader.count()).toBe(1);
});

test('an empty file stays empty, for the recorder to begin', () => {
  const path = join(testFolder(), 'empty.qmptap');
  writeFileSync(path, '');
  expect(() => {
    new StoredMarks(path).put({ session: 1, seq: 1, note: undefined });
  }).toThrow(/only just begun/);
  expect(readFileSync(path)).toHaveLength(0);
});

test('what cannot be kept is said in a line', () => {
  const path = finished();
  writeFileSync(path, 'no recording at all, but some text that is long enough to be looked at');
  const marks = new StoredMarks(path);
  expect(() => marks.marks()).toThrow(RecordingError);
  expect(() => {
    marks.put({ session: 1, seq: 1, note: undefined });
  }).toThrow(OutputError);
});

test('a file that may only be read keeps none', async () => {
  const path = finished();
  chmodSync(path, 0o444);
  chmodSync(dirname(path), 0o555);
  onTestFinished(() => {
    chmodSync(dirname(path), 0o755);
  });
  await asOrdinaryUser(() => {
    expect(list(path)).toEqual([]);
    expect(() => {
      new StoredMarks(path).put({ session: 1, seq: 1, note: undefined });
    }).toThrow(/the mark cannot be kept/);
  });
});
