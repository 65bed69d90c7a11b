/** Gives each session to the recording of its VM, by the path that it came to: one sink for all VMs. */
import type { Chunk, TrafficSink } from '../../recording/ports.js';
import type { SessionEnd, SessionStart } from '../../recording/session.js';
import type { VmRecording } from './vm-recording.js';

interface Routed {
  readonly recording: VmRecording;
  readonly sink: TrafficSink;
  /** Its number in the VM's recording. */
  readonly session: number;
}

export class HostSink implements TrafficSink {
  readonly #recordings = new Map<string, VmRecording>();
  readonly #sessions = new Map<number, Routed>();
  #count = 0;

  /** Sessions with this server's address are this VM's, from now on. */
  add(address: string, recording: VmRecording): void {
    this.#recordings.set(address, recording);
  }

  remove(address: string): void {
    this.#recordings.delete(address);
  }

  open(start: SessionStart, t: number): number {
    const session = ++this.#count;
    const recording = this.#recordings.get(start.server.address);
    const routed = recording?.begin(start, t);
    if (recording !== undefined && routed !== undefined)
      this.#sessions.set(session, { recording, ...routed });
    return session;
  }

  chunk(session: number, chunk: Chunk): void {
    const routed = this.#sessions.get(session);
    routed?.sink.chunk(routed.session, chunk);
  }

  inject(session: number, t: number, bytes: Uint8Array): void {
    const routed = this.#sessions.get(session);
    routed?.sink.inject(routed.session, t, bytes);
  }

  note(session: number, t: number, text: string): void {
    const routed = this.#sessions.get(session);
    routed?.sink.note(routed.session, t, text);
  }

  close(session: number, t: number, end: SessionEnd, reason: string | undefined): void {
    const routed = this.#sessions.get(session);
    if (routed === undefined) return;
    this.#sessions.delete(session);
    routed.sink.close(routed.session, t, end, reason);
    routed.recording.closed();
  }
}
