/** Runs a QEMU and records the monitors that its arguments name. Prints nothing. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { UsageError } from '../../errors.js';
import { plainEvent, type RecordEvent } from '../record/record-event.js';
import { commandLine } from '../../text/command-line.js';
import { readConfigFile } from './config-file.js';
import { PrivateSockets } from './private-sockets.js';
import { limitsOf, type RecordingLimits } from '../record/recording-limits.js';
import { recordingPlace } from '../record/recording-name.js';
import { RecordingSeries, type RecordedFile } from '../record/recording-series.js';
import { findChannels } from './channels.js';
import { moveChannel } from './move-channel.js';
import { inheritedDescriptors, isDaemonized, isQuestion, guestName } from './qemu-arguments.js';
import { lastArguments, withOriginals } from './own-arguments.js';
import { startQemu } from './qemu-process.js';
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
  /** The UI has the terminal: QEMU gets no input, and each line of its output comes here. */
  readonly onOutput?: ((line: string) => void) | undefined;
  /** Told of clients, their ends and trouble on the channel of that name; of files, on `recording`. */
  readonly onEvent?: ((channel: string, event: RecordEvent) => void) | undefined;
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
  /** The file in which the next session will probably be; undefined if nothing is recorded. */
  readonly path: string | undefined;
  /** The monitors that are recorded, and what the user should know of others, a line each. */
  readonly channels: readonly string[];
  readonly notices: readonly string[];
  /** Passes a signal on to QEMU. */
  signal(name: NodeJS.Signals): void;
  /** Resolves when QEMU has ended and everything is stored. */
  readonly finished: Promise<RunSummary>;
}

/**
 * Starts QEMU, behind a recorder if there is something to record.
 * @throws UsageError if there is no such program, ConnectError where a monitor's address cannot be listened on,
 * OutputError where the file cannot be made
 */
export async function runQemu(options: RunOptions): Promise<RunningQemu> {
  const [qemu = '', ...argv] = options.command;
  const { channels, unreachable } = findChannels(argv, options.agent, readConfigFile);
  const notices = unreachable.map(({ name, why }) => `${name} is not recorded: ${why}`);
  if (channels.length === 0) {
    const none = "nothing is recorded: there is no QMP monitor in QEMU's arguments";
    return runUnrecorded(options, notices.length > 0 || isQuestion(argv) ? notices : [none]);
  }
  if (isDaemonized(argv)) {
    throw new UsageError({
      subject: 'run -daemonize',
      reason: 'qmptap stays with QEMU until its end',
      remedy: 'leave it out',
    });
  }
  const label = options.label ?? guestName(argv);
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
    onEvent: (channel, event) => options.onEvent?.(channel.name, plainEvent(event)),
    // QEMU ends with this process.
    succession: undefined,
  });
  try {
    let moved = [...argv];
    for (const channel of channels) {
      const path = sockets.next();
      await vm.add({ ...channel, path });
      moved = moveChannel(moved, channel, path);
    }
    const taken = new Set(channels.flatMap(({ address }) => (address.kind === 'fd' ? [address.fd] : [])));
    child = await startQemu({
      command: withOriginals([qemu, ...moved], options.command, lastArguments(options.command)),
      inputTaken: channels.some(({ address }) => address.kind === 'stdio'),
      aside: options.onOutput !== undefined,
      inherited: inheritedDescriptors(argv).filter((fd) => !taken.has(fd)),
    });
    readOutput(child, options);
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

/** Where there is no monitor, QEMU simply runs. */
async function runUnrecorded(options: RunOptions, notices: readonly string[]): Promise<RunningQemu> {
  const [, ...argv] = options.command;
  const child = await startQemu({
    command: lastArguments(options.command),
    inputTaken: false,
    aside: options.onOutput !== undefined,
    inherited: inheritedDescriptors(argv),
  });
  readOutput(child, options);
  const finished = exited(child).then((code) => ({ code, files: [] }));
  return { path: undefined, channels: [], notices, signal: (name) => child.kill(name), finished };
}

function readOutput(child: ChildProcess, { onOutput }: RunOptions): void {
  if (onOutput === undefined) return;
  for (const input of [child.stdout, child.stderr]) {
    if (input !== null) createInterface({ input }).on('line', onOutput);
  }
}

/** Resolves with QEMU's exit code, or 128 and the number of the signal that ended it. */
async function exited(child: ChildProcess): Promise<number> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode ?? 128 + constants.signals[child.signalCode ?? 'SIGKILL'];
}

async function finish(
  child: ChildProcess,
  vm: VmRecorder,
  recorder: RecordingSeries,
  sockets: PrivateSockets,
): Promise<RunSummary> {
  const code = await exited(child);
  await vm.settle();
  await vm.stop();
  sockets.remove();
  // A QEMU that refuses its arguments has said nothing to anybody.
  if (code !== 0 && recorder.sessions === 0) {
    await recorder.abandon();
    return { code, files: [] };
  }
  return { code, files: await recorder.finish() };
}
