/** Traffic for tests of the store: what a small QEMU and its client would say to each other. */
import type { TrafficSink } from '../../src/recording/ports.js';
import type { Message } from '../../src/recording/message.js';
import type { SessionStart } from '../../src/recording/session.js';
import { createRecording, type Recorder, type RecordOptions } from '../../src/store/recorder.js';

export const start: SessionStart = {
  label: 'web',
  dialect: undefined,
  client: { address: 'unix:/run/client.sock', pid: 12, uid: 0, gid: 0, program: 'libvirtd' },
  server: { address: 'unix:/run/qemu.sock' },
  started: 1_795_000_000_000_000,
};

export const greeting =
  '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""}, "capabilities": ["oob"]}}\r\n';

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function text(message: Message | undefined): string | undefined {
  return message === undefined ? undefined : new TextDecoder().decode(message.raw);
}

/** A recorder whose troubles, if they are not expected, fail the test. */
export function record(path: string, options: Partial<RecordOptions> = {}): Promise<Recorder> {
  return createRecording(path, {
    createdBy: 'test',
    onTrouble: (line) => {
      throw new Error(line);
    },
    ...options,
  });
}

/** The negotiation and so many commands with their answers: 3 + 2 × `exchanges` messages. */
export function chatter(sink: TrafficSink, session: number, exchanges: number): void {
  let t = 2_000;
  const say = (dir: 'c2s' | 's2c', words: string): void => {
    sink.chunk(session, dir, (t += 1_000), bytes(words), 0);
  };
  say('s2c', greeting);
  say('c2s', '{"execute":"qmp_capabilities","id":"libvirt-0"}\r\n');
  say('s2c', '{"return": {}, "id": "libvirt-0"}\r\n');
  for (let n = 1; n <= exchanges; n++) {
    say('c2s', `{"execute":"query-status","id":"libvirt-${n}"}\r\n`);
    say('s2c', `{"return": {"status": "running"}, "id": "libvirt-${n}"}\r\n`);
  }
}
