import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { follow, openRecorder } from '../../../src/launch/emulator/interposed.js';
import { VmRecorder } from '../../../src/launch/emulator/vm-recorder.js';
import { EndableSink } from '../../../src/launch/record/endable-sink.js';
import { openRecording } from '../../../src/store/index/open.js';
import { testFolder } from '../../support/folder.js';

test('the recording of a VM ends with QEMU, and only then, even if it is told to end before', async () => {
  const recordings = testFolder();
  const said: string[] = [];
  const recorder = await openRecorder(
    { label: 'vm', note: 'qemu -S' },
    { recordings, limits: {}, trouble: (line) => said.push(line) },
  );
  const sink = new EndableSink(recorder);
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const vm = new VmRecorder({
    ...{ label: 'vm', sink, alive: () => true, onEvent: () => undefined, succession: undefined },
  });
  let cleaned = false;
  const life = { alive: true, ended, close: () => undefined };
  const running = follow({ vm, life, sink, recorder, cleanUp: () => (cleaned = true) });
  const start = { label: 'vm', dialect: undefined, started: 0 };
  sink.open({ ...start, client: { address: 'a' }, server: { address: 'b' } }, 0);
  running.endRecording('told to end');
  running.endRecording('told to end again');
  expect(cleaned).toBe(false);
  end();
  await running.finished;
  expect(cleaned).toBe(true);
  expect(said).toEqual([]);
  expect(readdirSync(recordings)).toEqual([expect.stringMatching(/^\d{8}-\d{6}-vm\.qmptap$/)]);
  using recording = openRecording(`${recordings}/${readdirSync(recordings)[0] ?? ''}`);
  expect(recording.sessions()).toMatchObject([
    { end: 'stopped', endReason: 'told to end', notes: ['qemu -S'] },
  ]);
});
