import { expect, test } from 'vitest';
import { HostSink } from '../../../src/launch/host/host-sink.js';
import type { VmRecording } from '../../../src/launch/host/vm-recording.js';
import { MemorySink } from '../../support/traffic-sink.js';

/** A VM's recording in memory. */
function recordingIn(sink: MemorySink): VmRecording {
  const begin: VmRecording['begin'] = (start, t) => ({ sink, session: sink.open(start, t) });
  return { begin, closed: () => undefined } as unknown as VmRecording;
}

test('each session goes to the recording of the VM whose path it came to, then and for good', () => {
  const [a, b] = [new MemorySink(), new MemorySink()];
  const sink = new HostSink();
  sink.add('/a', recordingIn(a));
  sink.add('/b', recordingIn(b));
  const open = (address: string): number =>
    sink.open({ label: address, dialect: 'qmp', client: { address }, server: { address }, started: 0 }, 0);
  const sessions = [open('/b'), open('/a'), open('/b')];
  sink.add('/b', recordingIn(a)); // another VM comes to the same path
  for (const session of sessions)
    sink.chunk(session, { dir: 'c2s', t: 1, bytes: Buffer.from(String(session)), fds: 0 });
  for (const session of sessions) sink.close(session, 2, 'client-closed', undefined);
  expect(a.sessions.map((session) => session.text('c2s'))).toEqual(['2']);
  expect(b.sessions.map((session) => session.text('c2s'))).toEqual(['1', '3']);
});
