/**
 * Runs a QEMU and records the monitors that its own arguments name. Knows no command line of qmptap's and
 * prints nothing.
 */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { UsageError } from '../../errors.js';
import type { ProxyEvent } from '../../transport/session/drive.js';
import { keepInherited } from '../../transport/unix/inherited.js';
import { commandLine } from '../../text/command-line.js';
import { PrivateSockets } from './private-sockets.js';
import { limitsOf, type RecordingLimits } from '../record/recording-limits.js';
import { recordingPlace } from '../record/recording-name.js';
import { RecordingSeries, type RecordedFile, type SeriesEvent } from '../record/recording-series.js';
import {
  findChannels,
  inheritedDescriptors,
  isDaemonized,
  moveChannel,
  nameOf,
  type Channel,
} from './qemu-arguments.js';
import { withoutSecrets } from './secrets.js';
import { VmRecorder } from '../emulator/vm-recorder.js';

export interface RunOptions extends RecordingLimits {
  /** QEMU and its arguments. */
  readonly command: readonly string[];
  /** The recording's file, or a folder for one that is named by time and label; as for `record`. */
  readonly output?: string | undefined;
  readonly folder?: string | undefined;
  readonly force?: boolean | undefined;
  /** A name for the sessions; otherwise the VM's. */
  readonly label?: string | undefined;
  /** Also the guest agent's channel. */
  readonly agent?: boolean | undefined;
  /** The terminal is somebody else's: QEMU gets no input, and each line that it writes comes here. */
  readonly onOutput?: ((line: string) => void) | undefined;
  /** Told of clients, their ends and trouble on the channel of that name; of files, on `recording`. */
  readonly onEvent?: ((channel: string, event: ProxyEvent | SeriesEvent) => void) | undefined;
  /** Called when a file but the last is about to be completed. */
  readonly beforeFinish?: ((path: string) => Promise<void>) | undefined;
}

/** What became of the recording. */
export interface RunSummary {
  /** QEMU's exit code, or 128 and the number of the signal that ended it. */
  readonly code: number;
  readonly files: readonly RecordedFile[];
}

export interface RunningQemu {
  /** The file in which the next session will probably be. */
  readonly path: string;
  /** The monitors that are recorded, and what the user should know of others, a line each. */
  readonly channels: readonly string[];
  readonly notices: readonly string[];
  /** Passes a signal on to QEMU. */
  signal(name: NodeJS.Signals): void;
  /** Resolves when QEMU has ended and everything is stored. */
  readonly finished: Promise<RunSummary>;
}

/**
 * Starts QEMU behind the recorder.
 * @throws UsageError if there is no monitor to record or no such program, ConnectError where a monitor's
 * address cannot be listened on, OutputError where the file cannot be made
 */
export async function runQemu(options: RunOptions): Promise<RunningQemu> {
  const [qemu = '', ...argv] = options.command;
  const { channels, unreachable } = findChannels(argv, options.agent);
  const notices = unreachable.map(({ name, why }) => `${name} is not recorded: ${why}`);
  refuse(channels, notices, argv);
  const label = options.label ?? nameOf(argv);
  const recorder = await RecordingSeries.begin({
    ...limitsOf(options),
    place: recordingPlace({ ...options, label }),
    force: options.force,
    note: commandLine([qemu, ...withoutSecrets(argv)]),
    onEvent: (event) => options.onEvent?.('recording', event),
    beforeFinish: options.beforeFinish,
  });
  const sockets = new PrivateSockets([]);
  let child: ChildProcess | undefined;
  const vm = new VmRecorder({
    label,
    sink: recorder,
    alive: () => child?.exitCode === null && child.signalCode === null,
    onEvent: (channel, event) => options.onEvent?.(channel.name, event),
    // Whoever kills this process has QEMU's own parent in his hand.
    succession: undefined,
  });
  try {
    let moved = [...argv];
    for (const channel of channels) {
      const path = sockets.next();
      await vm.add({ ...channel, path });
      moved = moveChannel(moved, channel, path);
    }
    child = await launch(qemu, moved, stdioOf(argv, channels, options.onOutput !== undefined));
    for (const input of [child.stdout, child.stderr]) {
      if (input !== null) createInterface({ input }).on('line', (line) => options.onOutput?.(line));
    }
  } catch (error) {
    await vm.stop();
    await recorder.abandon();
    sockets.remove();
    throw error;
  }
  vm.start();
  const qemuProcess = child;
  return {
    get path() {
      return recorder.path;
    },
    channels: channels.map(({ name }) => name),
    notices,
    signal: (name) => qemuProcess.kill(name),
    finished: finish(qemuProcess, vm, recorder, sockets),
  };
}

function refuse(channels: readonly Channel[], notices: readonly string[], argv: readonly string[]): void {
  if (channels.length === 0) {
    const why = notices[0] ?? "there is no QMP monitor in QEMU's arguments";
    throw new UsageError(`run: ${why}; add one, for example -qmp unix:/tmp/qmp.sock,server=on,wait=off`);
  }
  if (isDaemonized(argv)) {
    throw new UsageError('run: -daemonize: qmptap stays with QEMU until its end; leave it out');
  }
}

/** QEMU's standard input and output, unless they are a monitor; and the descriptors that it expects. */
function stdioOf(argv: readonly string[], channels: readonly Channel[], aside: boolean): StdioOptions {
  const taken = new Set(channels.flatMap(({ address }) => (address.kind === 'fd' ? [address.fd] : [])));
  const standard = channels.some(({ address }) => address.kind === 'stdio');
  const ours = standard ? (['ignore', 2, 2] as const) : ([0, 1, 2] as const);
  const stdio: (number | 'ignore' | 'pipe')[] = aside ? ['ignore', 'pipe', 'pipe'] : [...ours];
  for (const fd of inheritedDescriptors(argv).filter((one) => !taken.has(one))) {
    while (stdio.length < fd) stdio.push('ignore');
    stdio[fd] = fd;
  }
  return stdio;
}

async function launch(qemu: string, argv: readonly string[], stdio: StdioOptions): Promise<ChildProcess> {
  keepInherited();
  const child = spawn(qemu, argv, { stdio });
  try {
    await once(child, 'spawn');
  } catch (error) {
    const why =
      error instanceof Error && 'code' in error && error.code === 'ENOENT'
        ? 'there is no such program'
        : String(error);
    throw new UsageError(`run: ${qemu}: ${why}`, { cause: error });
  }
  return child;
}

async function finish(
  child: ChildProcess,
  vm: VmRecorder,
  recorder: RecordingSeries,
  sockets: PrivateSockets,
): Promise<RunSummary> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  await vm.settle();
  await vm.stop();
  const files = await recorder.finish();
  sockets.remove();
  const code = child.exitCode ?? 128 + constants.signals[child.signalCode ?? 'SIGKILL'];
  return { code, files };
}
