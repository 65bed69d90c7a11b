import { describe, expect, test } from 'vitest';
import { exportPcapng } from '../../../src/formats/pcapng.js';
import type { MemoryRecording } from '../../../src/recording/memory.js';
import { exported } from '../../support/exported.js';
import { imported } from '../../support/imported.js';
import { greeting, recorded } from '../../support/recorded.js';

function told(recording: MemoryRecording): unknown[] {
  return Array.from(recording.messages(), ({ session, dir, t, kind, name, raw }) => [
    session,
    dir,
    // Where a session begins is not exported.
    Math.round(t / 1e3) % 1000,
    kind,
    name,
    Buffer.from(raw).toString('latin1'),
  ]);
}

const first = [
  `<- ${greeting}`,
  '-> {"execute":"qmp_capabilities"}',
  '<- {"return": {}}',
  '-> oops',
  '-> \xff',
];
const second = [
  '<- {"event": "STOP", "timestamp": {"seconds": 1, "microseconds": 2}}',
  '-> {"execute":"quit"}',
];

describe('what was exported as pcapng', () => {
  test('comes back byte by byte', () => {
    const recording = recorded(first, second);
    const again = imported(exported(recording, exportPcapng).bytes);
    expect(again).toMatchObject({ format: 'pcapng', skipped: [] });
    expect(told(again.recording)).toEqual(told(recording));
  });

  test('with the label and the server of each session', () => {
    const recording = recorded(first);
    const [session] = recording.sessions();
    const { bytes } = exported(recording, exportPcapng, {
      sessions: [{ ...session!, label: 'wéb7', dialect: 'qga' }],
    });
    const [back] = imported(bytes).recording.sessions();
    expect(back).toMatchObject({ label: 'wéb7', dialect: 'qga', server: { address: 'unix:/s' } });
  });

  test('a message that was too long for it is named', () => {
    const recording = recorded([`-> {"execute":"${'x'.repeat(300_000)}"}`, '<- {"return": {}}']);
    const again = imported(exported(recording, exportPcapng).bytes);
    expect(again.skipped).toEqual(['1: a message of which the capture has only the beginning']);
    expect(again.recording.count()).toBe(1);
  });
});
