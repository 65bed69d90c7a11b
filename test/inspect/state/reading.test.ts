import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tellingMessages } from '../../../src/inspect/state/reading.js';
import type { RecordingReader } from '../../../src/recording/ports.js';
import { openRecording } from '../../../src/store/index/open.js';
import { testFolder } from '../../support/folder.js';
import { recorded, type Script } from '../../support/recorded.js';
import { recordingFile } from '../../support/recording-file.js';

const told = ['-> {"execute":"stop"}', '<- {"event":"STOP"}', '<- {"return":{}}'];
const others = Array.from({ length: 20 }, () => ['-> {"execute":"qom-get"}', '<- {"return":{}}']).flat();

test.each<[string, Script]>([
  ['few', [...others, ...told, ...others]],
  ['many', [...told, ...told, ...others.slice(0, 2), ...told]],
])('finds those that tell of the state, where they are %s', async (_, script) => {
  using file = openRecording(await recordingFile(join(testFolder(), 'a.qmptap'), script));
  for (const reader of [file, recorded(script)] satisfies RecordingReader[]) {
    const seqs = [...tellingMessages(reader, 0, Infinity)].map(({ seq }) => seq);
    const expected = script.flatMap((line, at) =>
      /stop|STOP/.test(line) ||
      (/stop|STOP/.test(script[at - 2] ?? '') && line.includes('return') && /stop/.test(script[at - 2] ?? ''))
        ? [at + 1]
        : [],
    );
    expect(seqs).toEqual(expected);
    expect([...tellingMessages(reader, 1, 3)].map(({ seq }) => seq)).toEqual(
      expected.filter((seq) => seq === 2),
    );
  }
});
