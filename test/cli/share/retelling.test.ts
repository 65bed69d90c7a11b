import { join } from 'node:path';
import { expect, test } from 'vitest';
import { putMarks, retell } from '../../../src/cli/share/retelling.js';
import { createRecording } from '../../../src/store/index/recorder.js';
import { openRecording } from '../../../src/store/index/open.js';
import { StoredMarks } from '../../../src/store/read/marks.js';
import { testFolder } from '../../support/folder.js';
import { recordingFile } from '../../support/recording-file.js';

const talk = [
  '-> {"execute":"query-status","id":1}',
  '<- {"return": {}, "id": 1}',
  '-> {"execute":"stop","id":2}',
];

test('a part of the messages keeps its bytes, and marks go with them', async () => {
  const folder = testFolder();
  using from = openRecording(await recordingFile(join(folder, 'a.qmptap'), talk, talk));
  const path = join(folder, 'b.qmptap');
  const recorder = await createRecording(path, { createdBy: 'test', onTrouble: (line) => expect.fail(line) });
  const kept = [...from.messages()].filter(({ name }) => name === 'stop');
  const marks = [
    { session: 1, seq: 1, note: 'of what is left out' },
    { session: 2, seq: kept[1]!.seq, note: 'mine' },
  ];
  const placed = await retell(
    { sessions: from.sessions(), messages: kept, marks, note: () => 'a part' },
    recorder,
  );
  await recorder.finish();
  putMarks(path, placed);
  using copy = openRecording(path);
  expect(copy.sessions().map(({ notes }) => notes)).toEqual([['a part'], ['a part']]);
  const bytes = Array.from(copy.messages(), ({ session, raw }) => [
    session,
    Buffer.from(raw).toString().trim(),
  ]);
  expect(bytes).toEqual([1, 2].map((session) => [session, '{"execute":"stop","id":2}']));
  expect(new StoredMarks(path).marks()).toMatchObject([{ session: 2, seq: 1, note: 'mine' }]);
});

test('a session without a message is copied, too', async () => {
  const folder = testFolder();
  using from = openRecording(await recordingFile(join(folder, 'a.qmptap'), talk, talk, talk));
  const path = join(folder, 'b.qmptap');
  const recorder = await createRecording(path, { createdBy: 'test', onTrouble: (line) => expect.fail(line) });
  const messages = [...from.messages()].filter(({ session }) => session === 2);
  await retell({ sessions: from.sessions(), messages, marks: [], note: () => undefined }, recorder);
  await recorder.finish();
  using copy = openRecording(path);
  expect(copy.sessions().map(({ messages: count }) => count)).toEqual([0, 3, 0]);
});
