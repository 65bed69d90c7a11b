/** One VM: the channels that it has, the recording of all of them, and what is told of it. */
import { monotonicNow } from '../../transport/clock.js';
import type { TrafficSink } from '../../recording/ports.js';
import type { Peer } from '../../recording/session.js';
import type { ProxyEvent } from '../../transport/session/drive.js';
import type { HostChannel } from './host-channel.js';
import type { VmNews, VmStatus } from './host-options.js';
import type { FoundSocket } from './places.js';
import { vmArguments } from './vm-process.js';
import type { VmRecording } from './vm-recording.js';

export interface HostVmOptions {
  readonly label: string;
  readonly recording: VmRecording;
  /** Where notes go. */
  readonly sink: TrafficSink;
  readonly tell: (news: VmNews) => void;
}

export class HostVm {
  readonly label: string;
  readonly recording: VmRecording;
  readonly channels = new Set<HostChannel>();
  readonly #found: FoundSocket;
  readonly #sink: TrafficSink;
  readonly #tell: (news: VmNews) => void;
  #status: VmStatus = 'waiting';
  #reason: string | undefined;
  #told: string | undefined;
  /** The file that has QEMU's arguments as a note. */
  #noted: string | undefined;
  #server: Peer | undefined;

  constructor(found: FoundSocket, { label, recording, sink, tell }: HostVmOptions) {
    this.#found = found;
    this.label = label;
    this.recording = recording;
    this.#sink = sink;
    this.#tell = tell;
  }

  get news(): VmNews {
    const { label } = this;
    return { type: 'vm', label, state: this.#status, file: this.recording.path, reason: this.#reason };
  }

  /** What is known of it now; told if it is news. */
  set(status: VmStatus, reason?: string): void {
    this.#status = status;
    this.#reason = reason;
    const { news } = this;
    const text = JSON.stringify(news);
    if (text !== this.#told) this.#tell(news);
    this.#told = text;
  }

  /** A path of its monitor's is taken; `late`: its client had connected before. A QEMU that ends makes names of its own. */
  taken(late: boolean): void {
    if (this.#status === 'recorded') return;
    if (late)
      this.set(
        'direct',
        'its client had connected before its path was taken; its next connection is recorded',
      );
    else this.set('waiting');
  }

  /** To be told of all that happens on its channels. */
  follow(event: ProxyEvent): void {
    if (event.type !== 'joined' || event.session === undefined) return;
    this.#server = event.server.peer;
    this.#note(event.session);
    this.set('recorded');
    for (const { exchanged } of this.channels) {
      if (this.recording.path !== undefined) exchanged?.recordedIn(this.recording.path);
    }
  }

  /** The server of a session has sent its first bytes. libvirt connects before its child has become QEMU. */
  answered(session: number): void {
    this.#note(session);
  }

  /** Each file tells how the VM was started, as soon as that is known. */
  #note(session: number): void {
    const { path } = this.recording;
    if (path === undefined || path === this.#noted || this.#server === undefined) return;
    const text = vmArguments(this.#found, this.#server);
    if (text === undefined) return;
    this.#noted = path;
    this.#sink.note(session, monotonicNow(), text);
  }
}
