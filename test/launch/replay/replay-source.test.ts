import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RecordingError } from '../../../src/errors.js';
import { openSource } from '../../../src/launch/replay/replay-source.js';
import { MemoryRecording } from '../../../src/recording/memory.js';
import { testFolder } from '../../support/folder.js';
import { recorded } from '../../support/recorded.js';
import { recordingFile } from '../../support/recording-file.js';

const script = ['-> {"execute":"stop"}', '<- {"return": {}}'];

describe('a source', () => {
  test('is a file, an open recording or a script', async () => {
    const file = await recordingFile(join(testFolder(), 'r.qmptap'), script, script);
    for (const given of [file, recorded(script, script)]) {
      using source = openSource(given);
      expect(source.sessions).toEqual([1, 2]);
      expect(source.plan(2, { injected: 'keep' }).steps).toHaveLength(2);
    }
    using written = openSource([{ '->': { execute: 'stop' }, '<-': { return: {} } }]);
    expect([written.name, written.sessions]).toEqual(['the script', [1]]);
  });

  test('compiles what is asked for again only once', () => {
    using source = openSource(recorded(script, script));
    const plan = source.plan(1, { injected: 'keep' });
    expect(source.plan(1, { injected: 'keep' })).toBe(plan);
    expect(source.plan(1, { injected: 'leave-out' })).not.toBe(plan);
  });

  test('without sessions, or without the one that is wanted, is refused', () => {
    expect(() => openSource(new MemoryRecording('none.qmptap'))).toThrow('none.qmptap: it holds no sessions');
    expect(() => openSource(recorded(script), 2)).toThrow(RecordingError);
    expect(() => openSource('/no/such.qmptap')).toThrow('no such file');
  });
});
