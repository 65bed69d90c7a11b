import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { valuesOf } from '../../../src/cli/completion/values.js';
import { crashed, variedTraffic } from '../../store/traffic.js';
import { testFolder } from '../../support/folder.js';
import { greeting } from '../../support/recorded.js';
import { recordingFile } from '../../support/recording-file.js';
import { entries } from '../../support/schema.js';

test('filters with the names of the recording, sessions with their server, the schema’s names', async () => {
  const file = await recordingFile(join(testFolder(), 'a.qmptap'), [
    `<- ${greeting}`,
    '-> {"execute":"query-qmp-schema"}',
    `<- {"return":${JSON.stringify(entries)}}`,
  ]);
  expect(valuesOf('filter', 'kind:error or cmd:q', file).map(({ text }) => text)).toEqual([
    'kind:error or cmd:query-qmp-schema',
  ]);
  expect(valuesOf('command-name', '', file).map(({ text }) => text)).toEqual(['query-qmp-schema']);
  expect(valuesOf('session', '', file)).toEqual([{ text: '1', help: 'QEMU 7.2.22' }]);
  expect(valuesOf('schema-name', 'J', file).map(({ text }) => text)).toEqual(['JOB_STATUS_CHANGE']);
});

test('a key press does not complete what a crash left, and reads nothing else than recordings', () => {
  const folder = testFolder();
  const file = join(folder, 'crashed.qmptap');
  crashed(file, (to) => {
    variedTraffic(to, 1, 20);
  }).close();
  const before = readdirSync(folder);
  expect(valuesOf('session', '', file)).toEqual([]);
  expect(readdirSync(folder)).toEqual(before);
  for (const path of [folder, join(folder, 'missing'), 'package.json', '/dev/zero', undefined]) {
    expect(valuesOf('session', '', path)).toEqual([]);
    expect(valuesOf('filter', 'kin', path).map(({ text }) => text)).toEqual(['kind:']);
  }
});
