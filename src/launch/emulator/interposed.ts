/** What the first recorder of a VM and those that take over from it have in common: a recording, and QEMU's life. */
import { monotonicNow } from '../../transport/clock.js';
import type { ProxyEvent } from '../../transport/session/drive.js';
import type { EndableSink } from '../record/endable-sink.js';
import type { QemuLife } from '../qemu/qemu-life.js';
import type { RecordingLimits } from '../record/recording-limits.js';
import { datedFiles } from '../record/recording-name.js';
import { RecordingSeries, type SeriesEvent } from '../record/recording-series.js';
import type { TappedChannel } from './held-sockets.js';
import type { VmRecorder } from './vm-recorder.js';

/** What a recorder and one that takes over from it have in common. */
export interface RecorderOptions {
  /** The folder for the recordings. */
  readonly recordings: string;
  /** Of its files, and of all that are made of this VM. */
  readonly limits: RecordingLimits;
  /** Bash, by which copies of the sockets are held. */
  readonly shell: string;
  /** The command line of a recorder that calls `takeOver` with this text, and a file that it needs. */
  readonly successor: (state: string) => readonly string[];
  readonly needed: string;
  /** Told in one line what went wrong while the VM goes on. */
  readonly trouble: (line: string) => void;
}

/** A running recorder of a QEMU. */
export interface Interposed {
  /** Resolves when QEMU has ended and everything is stored. */
  readonly finished: Promise<void>;
  /** Ends the recording; QEMU's clients stay connected. */
  endRecording(why: string): void;
}

export function openRecorder(
  { label, ...notes }: { label: string | undefined; note: string; firstNote?: string },
  { recordings, limits, trouble }: Pick<RecorderOptions, 'recordings' | 'limits' | 'trouble'>,
): Promise<RecordingSeries> {
  const onEvent = (event: SeriesEvent): void => {
    if (event.type === 'trouble') trouble(event.text);
    else if (event.type === 'file-removed') trouble(`${event.path}: removed, as the oldest of too many`);
    else if (event.type === 'file-begun') trouble(`the recording goes on in ${event.path}`);
  };
  return RecordingSeries.begin({ ...limits, place: datedFiles(recordings, label), ...notes, onEvent });
}

export function tellTrouble(
  trouble: (line: string) => void,
): (channel: TappedChannel, event: ProxyEvent) => void {
  return ({ name }, event) => {
    if (event.type === 'trouble') trouble(`${name}: ${event.text}`);
    else if (event.type === 'sink-failed') trouble(`${name}: recording failed: ${String(event.error)}`);
  };
}

/** What serves one QEMU; without `recorder`, what it relays is not kept. */
export interface Serving {
  readonly vm: VmRecorder;
  readonly life: QemuLife;
  readonly sink: EndableSink;
  readonly recorder: RecordingSeries | undefined;
  /** Called when all is over. */
  readonly cleanUp: () => void;
}

/** Serves until QEMU's end. */
export function follow({ vm, life, sink, recorder, cleanUp }: Serving): Interposed {
  vm.start();
  const finish = async (): Promise<void> => {
    await life.ended;
    await vm.settle();
    await vm.stop();
    await recorder?.finish();
    cleanUp();
  };
  return {
    finished: finish(),
    endRecording(why) {
      sink.end(monotonicNow(), why);
      void recorder?.finish();
    },
  };
}
