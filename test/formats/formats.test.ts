import { expect, test } from 'vitest';
import { exporters, importers } from '../../src/formats/formats.js';
import { exportNames, importNames } from '../../src/formats/table.js';
import { exported } from '../support/exported.js';
import { imported } from '../support/imported.js';
import { recorded } from '../support/recorded.js';

test('each format that the table names can be written or read, and no other', () => {
  expect(['qmptap', ...Object.keys(exporters)].sort()).toEqual([...exportNames].sort());
  expect(Object.keys(importers).sort()).toEqual([...importNames].sort());
});

const both = Object.keys(exporters).filter((name) => name in importers) as (keyof typeof exporters &
  keyof typeof importers)[];

test.each(both)('what is exported as %s can be imported as that', (name) => {
  const recording = recorded(['-> {"execute":"stop","id":1}', '<- {"return": {}, "id": 1}']);
  const { bytes } = exported(recording, exporters[name]);
  const back = imported(bytes, name);
  expect(back.skipped).toEqual([]);
  expect(
    Array.from(back.recording.messages(), ({ kind, name: said, command }) => [kind, said ?? command]),
  ).toEqual([
    ['command', 'stop'],
    ['success', 'stop'],
  ]);
});
