/**
 * The recorder behind a recording `<emulator>`: takes QEMU's monitors over from the process that is about
 * to become QEMU, tells it with which arguments to do so, and records until QEMU ends. Prints nothing;
 * knows of libvirt only what it hands to QEMU.
 */
import { rmSync } from 'node:fs';
import { ConnectError } from '../../errors.js';
import { formatAddress, parseAddress } from '../../transport/address.js';
import { monotonicNow } from '../../transport/clock.js';
import type { ProxyEvent } from '../../transport/session/drive.js';
import { commandLine } from '../../text/command-line.js';
import { EndableSink } from '../record/endable-sink.js';
import { PrivateSockets } from '../qemu/private-sockets.js';
import { findChannels, isDaemonized, moveChannel, pidFileOf, type Channels } from '../qemu/qemu-arguments.js';
import { watchQemu, type QemuLife } from '../qemu/qemu-life.js';
import type { RecordingLimits } from '../record/recording-limits.js';
import { datedFiles } from '../record/recording-name.js';
import { RecordingSeries, type SeriesEvent } from '../record/recording-series.js';
import { withoutSecrets } from '../qemu/secrets.js';
import { vmLabel } from '../qemu/vm-label.js';
import { inheritance, VmRecorder, type TappedChannel } from './vm-recorder.js';

/** What a recorder and one that takes over from it have in common. */
interface RecorderOptions {
  /** The process that is or will be QEMU. */
  readonly pid: number;
  /** The folder for the recordings. */
  readonly recordings: string;
  /** Of its files, and of all that are made of this VM. */
  readonly limits: RecordingLimits;
  /** The shell that holds copies of the sockets. */
  readonly shell: string;
  /** The command line of a recorder that calls `takeOver` with this text. */
  readonly successor: (state: string) => readonly string[];
  /** Told in one line what went wrong while the VM goes on. */
  readonly trouble: (line: string) => void;
}

export interface InterposeOptions extends RecorderOptions {
  readonly qemu: string;
  /** QEMU's arguments, without its own name. */
  readonly argv: readonly string[];
  /** Also the guest agent's channel. */
  readonly agent: boolean;
  /**
   * Given the arguments for QEMU, and the descriptors that are not QEMU's any more; resolves when QEMU
   * is about to be executed with them.
   */
  readonly answer: (argv: readonly string[], taken: readonly number[]) => Promise<void>;
}

/** A running recorder of a QEMU. */
export interface Interposed {
  /** Resolves when QEMU has ended and everything is stored. */
  readonly finished: Promise<void>;
  /** Ends the recording; QEMU's clients stay connected. */
  endRecording(why: string): void;
}

/**
 * Takes QEMU's monitors over and answers; what is recorded is QEMU's life from then on.
 * @throws QmptapError if QEMU had better start without: nothing is changed then
 */
export async function interpose(options: InterposeOptions): Promise<Interposed> {
  const { argv, qemu } = options;
  const { channels } = supported(findChannels(argv, options.agent));
  const label = vmLabel(argv);
  const daemonized = isDaemonized(argv);
  const note = commandLine([qemu, ...withoutSecrets(argv)]);
  const recorder = await openRecorder({ label, note }, options);
  const sockets = new PrivateSockets(channels.map(({ address }) => address));
  const life = watchQemu(options.pid, daemonized ? pidFileOf(argv) : undefined);
  const sink = new EndableSink(recorder);
  const vm = new VmRecorder({
    label,
    sink,
    alive: () => life.alive,
    onEvent: tellTrouble(options.trouble),
    // A probed QEMU lives for a second, and no VM is lost with it.
    keeper: daemonized ? undefined : keeperFor(options, { label, note }, () => recorder.path),
  });
  try {
    let moved = [...argv];
    for (const channel of channels) {
      const tapped: TappedChannel = { ...channel, path: sockets.next() };
      await vm.add(tapped);
      moved = moveChannel(moved, channel, tapped.path);
    }
    const taken = channels.flatMap(({ address }) => (address.kind === 'fd' ? [address.fd] : []));
    await options.answer(moved, taken);
  } catch (error) {
    life.close();
    await vm.stop();
    await recorder.abandon();
    sockets.remove();
    throw error;
  }
  return follow(vm, life, sink, recorder, () => {
    sockets.remove();
  });
}

function supported(channels: Channels): Channels {
  const [first] = channels.unreachable;
  if (channels.channels.length > 0) return channels;
  throw new ConnectError(
    first === undefined
      ? 'there is no QMP monitor in its arguments'
      : `its monitor ${first.name} cannot be interposed on: ${first.why}`,
    { address: first?.name ?? '' },
  );
}

/** What a successor is told on its command line. */
interface Succession {
  readonly channel: Omit<TappedChannel, 'address'> & { readonly address: string };
  readonly sessions: number;
  readonly pid: number;
  readonly label: string | undefined;
  readonly note: string;
  readonly previous: string;
}

/** The kernel takes 128 KiB in one argument (MAX_ARG_STRLEN); escaped, each character may take six bytes. */
const longestNote = 16_000;

function keeperFor(
  { pid, shell, successor }: RecorderOptions,
  known: Pick<Succession, 'label' | 'note'>,
  previous: () => string,
): { shell: string; successor: (channel: TappedChannel, sessions: number) => readonly string[] } {
  return {
    shell,
    successor: ({ name, dialect, address, path }, sessions) => {
      const channel = { name, dialect, address: formatAddress(address), path };
      const note = known.note.slice(0, longestNote);
      const state: Succession = { channel, sessions, pid, ...known, note, previous: previous() };
      return successor(JSON.stringify(state));
    },
  };
}

/**
 * Goes on where a recorder that was killed ended, with the sockets that its keeper held, in a recording of
 * its own. If that cannot be made, relays without one: the VM depends on it.
 */
export async function takeOver(options: Omit<RecorderOptions, 'pid'>, state: string): Promise<Interposed> {
  // Written by `keeperFor`, by the same program.
  const { channel, sessions, pid, label, note, previous } = JSON.parse(state) as Succession;
  const firstNote = `goes on from ${previous}, whose recorder was killed: what it had just read may be lost\n${note}`;
  const recorder = await openRecorder({ label, note, firstNote }, options).catch((error: unknown) => {
    options.trouble(error instanceof Error ? error.message : String(error));
    return undefined;
  });
  options.trouble(
    `the recorder of ${previous} was killed; the VM goes on, recorded in ${recorder?.path ?? 'nothing'}`,
  );
  const life = watchQemu(pid);
  const sink = new EndableSink(recorder);
  const vm = new VmRecorder({
    label,
    sink,
    alive: () => life.alive,
    onEvent: tellTrouble(options.trouble),
    keeper: keeperFor({ ...options, pid }, { label, note }, () => recorder?.path ?? previous),
  });
  await vm.add({ ...channel, address: parseAddress(channel.address) }, inheritance(sessions));
  return follow(vm, life, sink, recorder, () => {
    rmSync(channel.path, { force: true });
  });
}

function openRecorder(
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

function tellTrouble(trouble: (line: string) => void): (channel: TappedChannel, event: ProxyEvent) => void {
  return ({ name }, event) => {
    if (event.type === 'trouble') trouble(`${name}: ${event.text}`);
    else if (event.type === 'sink-failed') trouble(`${name}: recording failed: ${String(event.error)}`);
  };
}

function follow(
  vm: VmRecorder,
  life: QemuLife,
  sink: EndableSink,
  recorder: RecordingSeries | undefined,
  cleanUp: () => void,
): Interposed {
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
