/**
 * Plays a recorded QEMU to libvirt, as the process that libvirt takes for QEMU: on the monitors that its
 * command line names, until it is told to end.
 */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { RecordingError } from '../../errors.js';
import type { RecordingReader } from '../../recording/ports.js';
import type { Divergence } from '../../replay/match/divergence.js';
import { isSpecial } from '../../store/disk/files.js';
import { cannotWrite } from '../../store/disk/output-failure.js';
import { formatAddress } from '../../transport/address.js';
import { findChannels, type Channel } from '../qemu/channels.js';
import { pidFileOf, startKind } from '../qemu/qemu-arguments.js';
import { openVm, recordingsIn } from './recorded-vm.js';
import type { RunningReplayServer } from '../replay/replay-options.js';
import { replayServer } from '../replay/replay-server.js';
import { Undo } from '../undo.js';
import { vmLabel } from '../qemu/vm-label.js';

export interface ImpersonateOptions {
  /** Recordings, or folders of them. */
  readonly recordings: readonly string[];
  /** The arguments that QEMU would have been started with. */
  readonly argv: readonly string[];
  readonly pid: number;
  /** Told of what libvirt asked for and the recording does not hold. */
  readonly onDivergence: (divergence: Divergence) => void;
  /** Told of each monitor which recording is played on it, and what of it is not as QEMU was started. */
  readonly onChosen: (channel: string, path: string, but: string | undefined) => void;
}

/** A recorded QEMU that runs. */
export interface Impersonation extends AsyncDisposable {
  /** Resolves when it ends by itself. */
  readonly finished: Promise<unknown>;
}

/**
 * Serves the monitors that `argv` names with what was recorded of such a start; undefined if nothing was.
 * @throws RecordingError for a file that is no recording, ConnectError if a monitor's address cannot be used,
 * OutputError if the file for its process number cannot be written; nothing is served then
 */
export async function impersonate(options: ImpersonateOptions): Promise<Impersonation | undefined> {
  const { argv, pid } = options;
  let files = recordingsIn(options.recordings);
  const [label, start] = [vmLabel(argv), startKind(argv)];
  const threads = threadsOf(pid);
  const servers: RunningReplayServer[] = [];
  const chosen: Parameters<ImpersonateOptions['onChosen']>[] = [];
  const undo = new Undo();
  try {
    for (const channel of findChannels(argv, true).channels) {
      const vm = openVm(files, { label, dialect: channel.dialect, start }, threads);
      if (vm === undefined) continue;
      undo.add(() => {
        vm.reader.close();
      });
      // The guest agent of the same start, rather than of a newer one.
      files = [vm.path, ...files.filter((path) => path !== vm.path)];
      const server = await serve(vm.reader, channel, options);
      undo.add(async () => {
        await server.stop();
      });
      servers.push(server);
      chosen.push([channel.name, vm.path, vm.but]);
    }
    if (servers.length === 0) return undefined;
    const pidFile = pidFileOf(argv);
    if (pidFile !== undefined) {
      writePid(pidFile, pid);
      undo.add(() => {
        if (!isSpecial(pidFile)) rmSync(pidFile, { force: true });
      });
    }
  } catch (error) {
    await undo.all();
    throw error;
  }
  for (const one of chosen) options.onChosen(...one);
  return {
    finished: Promise.all(servers.map((server) => server.finished)),
    [Symbol.asyncDispose]: () => undo.all(),
  };
}

function writePid(path: string, pid: number): void {
  try {
    writeFileSync(path, `${pid}\n`, { mode: 0o600 });
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

function serve(
  reader: RecordingReader,
  { address }: Channel,
  { onDivergence }: ImpersonateOptions,
): Promise<RunningReplayServer> {
  return replayServer(reader, {
    listen: formatAddress(address),
    match: 'content',
    clients: 'keep',
    onDivergence,
  });
}

/** A process's threads, without the main one. */
function threadsOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`)
    .map(Number)
    .filter((thread) => thread !== pid);
}

/** What QEMU prints with `-version`, as a recorded greeting tells. @throws RecordingError if none does */
export function recordedVersion(recordings: readonly string[]): string {
  for (const path of recordingsIn(recordings)) {
    const vm = openVm([path], { label: undefined, dialect: 'qmp', start: 'plain' }, []);
    if (vm === undefined) continue;
    using reader = vm.reader;
    const version = reader.sessions().find((session) => session.version?.qemu !== undefined)?.version;
    if (version === undefined) continue;
    const origin = version.package === '' ? '' : ` (${version.package})`;
    return `QEMU emulator version ${version.qemu ?? ''}${origin}`;
  }
  const path = recordings[0] ?? '';
  throw new RecordingError({ reason: "no greeting tells QEMU's version" }, { path });
}
