/**
 * The recorder behind a recording `<emulator>`: takes QEMU's monitors over from the process that is about to become
 * QEMU, tells it with which arguments to do so, and records until QEMU ends.
 */
import { ConnectError } from '../../errors.js';
import { commandLine } from '../../text/command-line.js';
import { EndableSink } from '../record/endable-sink.js';
import { readConfigFile } from '../qemu/config-file.js';
import { lastArguments, withOriginals } from '../qemu/own-arguments.js';
import { PrivateSockets } from '../qemu/private-sockets.js';
import { findChannels, type Channel, type Channels } from '../qemu/channels.js';
import { moveChannel } from '../qemu/move-channel.js';
import { isDaemonized, pidFileOf, probedMachine } from '../qemu/qemu-arguments.js';
import { watchQemu } from '../qemu/qemu-life.js';
import { withoutSecrets } from '../qemu/secrets.js';
import { vmLabel } from '../qemu/vm-label.js';
import { follow, openRecorder, tellTrouble, type Interposed, type RecorderOptions } from './interposed.js';
import { successionOf } from './succession.js';
import type { TappedChannel } from './held-sockets.js';
import { VmRecorder } from './vm-recorder.js';

export interface InterposeOptions extends RecorderOptions {
  /** The process that is or will be QEMU. */
  readonly pid: number;
  readonly qemu: string;
  /** QEMU's arguments, without its own name. */
  readonly argv: readonly string[];
  /** Also the guest agent's channel. */
  readonly agent: boolean;
  /** Copies of the standard input and output of the process that becomes QEMU, which may be a monitor. */
  readonly standard?: readonly [input: number, output: number] | undefined;
  /**
   * Given the arguments for QEMU, and the descriptors that are not QEMU's any more; resolves when QEMU
   * is about to be executed with them.
   */
  readonly answer: (argv: readonly Uint8Array[], taken: readonly number[]) => Promise<void>;
}

/**
 * Takes QEMU's monitors over and answers; what is recorded is QEMU's life from then on.
 * @throws QmptapError if QEMU had better start without: nothing is changed then
 */
export async function interpose(options: InterposeOptions): Promise<Interposed> {
  const { argv, pid, qemu, standard } = options;
  const found = findChannels(argv, options.agent, readConfigFile);
  const { channels, unreachable } = supported(found, standard !== undefined);
  const label = vmLabel(argv);
  const daemonized = isDaemonized(argv);
  if (daemonized && pidFileOf(argv) === undefined) {
    throw new ConnectError(
      { reason: 'with -daemonize it goes on in another process, and no -pidfile tells which' },
      { address: channels[0]?.name ?? '' },
    );
  }
  const note = commandLine([qemu, ...withoutSecrets(argv)]);
  const recorder = await openRecorder({ label, note }, options);
  const sockets = new PrivateSockets(channels.map(({ address }) => address));
  const life = watchQemu(pid, daemonized ? pidFileOf(argv) : undefined);
  const sink = new EndableSink(recorder);
  const vm = new VmRecorder({
    label,
    sink,
    alive: () => life.alive,
    onEvent: tellTrouble(options.trouble),
    // A probed QEMU lives for a second, and no VM is lost with it.
    succession: daemonized ? undefined : successionOf(options, { pid, label, note }, () => recorder.path),
  });
  try {
    let moved = [...argv];
    for (const channel of channels) {
      const tapped: TappedChannel = { ...channel, path: sockets.next() };
      await vm.add(tapped);
      moved = moveChannel(moved, channel, tapped.path);
    }
    // Before the answer: the log of one that daemonizes ends with it.
    for (const { name, why } of unreachable) options.trouble(`monitor ${name} is not recorded: ${why}`);
    if (daemonized && probedMachine(argv) === undefined) {
      options.trouble('a kill of the recorder would close its monitor, as QEMU goes on in another process');
    }
    const taken = channels.flatMap(({ address }) =>
      address.kind === 'fd' ? [address.fd] : address.kind === 'stdio' ? (standard ?? []) : [],
    );
    await options.answer(withOriginals(moved, argv, lastArguments(argv)), taken);
  } catch (error) {
    life.close();
    await vm.stop();
    await recorder.abandon();
    sockets.remove();
    throw error;
  }
  const cleanUp = (): void => {
    sockets.remove();
  };
  return follow({ vm, life, sink, recorder, cleanUp });
}

function supported(found: Channels, standardToo: boolean): Channels {
  const usable = ({ address }: Channel): boolean => standardToo || address.kind !== 'stdio';
  const channels = found.channels.filter(usable);
  const why = 'it is the standard input and output of a process that becomes QEMU';
  const standard = found.channels.filter((channel) => !usable(channel));
  const unreachable = [...found.unreachable, ...standard.map(({ name }) => ({ name, why }))];
  if (channels.length > 0) return { channels, unreachable };
  const [first] = unreachable;
  throw new ConnectError(
    {
      reason:
        first === undefined
          ? 'there is no QMP monitor in its arguments'
          : `its monitor ${first.name} cannot be interposed on: ${first.why}`,
    },
    { address: first?.name ?? '' },
  );
}
