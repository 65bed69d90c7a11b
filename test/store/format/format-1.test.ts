import { expect, test } from 'vitest';
import { readFormat1, splitCreatedBy } from '../../../src/store/format/format-1.js';

test.each([
  ['qmptap 0.1.0', { createdBy: 'qmptap 0.1.0', series: undefined }],
  ['qmptap 0.1.0, series "web1"', { createdBy: 'qmptap 0.1.0', series: 'web1' }],
  ['qmptap 0.1.0, series "a, series \\"b\\""', { createdBy: 'qmptap 0.1.0', series: 'a, series "b"' }],
  ['qmptap 0.1.0, series web1', { createdBy: 'qmptap 0.1.0, series web1', series: undefined }],
  ['qmptap 0.1.0, series "web1', { createdBy: 'qmptap 0.1.0, series "web1', series: undefined }],
  ['another, series "web1"', { createdBy: 'another, series "web1"', series: undefined }],
])('%s: tells who made it and of which series it is', (text, told) => {
  expect(splitCreatedBy(text)).toEqual(told);
});

test.each([
  [null, null, 'recording', undefined],
  [null, 'what a crash left is being taken in', 'recovering', undefined],
  [7, null, 'finished', undefined],
  [7, 'its journal is missing', 'finished', 'journal-missing'],
  [7, 'its journal is damaged at byte 512 of segment 2', 'finished', 'journal-damaged'],
  [7, 'segment 2 of its journal has no sound header', 'finished', 'journal-damaged'],
  [7, 'a record of its journal is damaged', 'finished', 'journal-damaged'],
  [7, 'the file was moved to /x while it was recorded', 'finished', 'file-moved'],
  [7, 'no space left on the disk', 'finished', 'write-failed'],
])('finished %s, %s: is %s, %s', (finished, incomplete, state, loss) => {
  const told = readFormat1('qmptap 0.1.0', finished, incomplete);
  expect(told).toMatchObject({
    state,
    loss,
    incomplete: finished === null ? undefined : (incomplete ?? undefined),
  });
});
