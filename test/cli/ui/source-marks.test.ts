import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSource } from '../../../src/cli/files/source.js';
import { SourceMarks } from '../../../src/cli/ui/source-marks.js';
import { StoredMarks } from '../../../src/store/read/marks.js';
import { testFolder } from '../../support/folder.js';
import { recordingFile } from '../../support/recording-file.js';

test('a mark goes into the file that has its message', async () => {
  const folder = testFolder();
  const [a, b] = [join(folder, 'a.qmptap'), join(folder, 'b.qmptap')];
  for (const path of [a, b]) await recordingFile(path, ['-> {"execute":"stop"}']);
  using source = openSource([folder]);
  const marks = new SourceMarks(source.reader);
  marks.put({ session: 2, seq: 1, note: 'why' });
  expect(marks.marks()).toEqual([{ session: 2, seq: 1, note: 'why' }]);
  expect([new StoredMarks(a).marks(), new StoredMarks(b).marks()]).toEqual([
    [],
    [{ session: 1, seq: 1, note: 'why' }],
  ]);
  marks.remove({ session: 2, seq: 1 });
  expect(marks.marks()).toEqual([]);
  using one = openSource([a]);
  new SourceMarks(one.reader).put({ session: 1, seq: 1, note: undefined });
  expect(new StoredMarks(a).marks()).toHaveLength(1);
});
