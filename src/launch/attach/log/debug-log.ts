/**
 * A debug log that a running daemon writes for us, beside what it logs anyway. What was set before is put back
 * at the end; what a killed process has left, by the next one.
 */
import { closeSync } from 'node:fs';
import type { LibvirtDaemon } from '../libvirt-daemon.js';
import { commandToSet, readLogSettings, setLogSettings } from './log-admin.js';
import { LogFolder, processOf, whileLocked } from './log-folder.js';
import { isSameSettings, type LogSettings, withOurs, withoutOurs } from './settings.js';

/** What became of libvirt's settings. */
export type PutBack =
  /** They are as they were. */
  | 'restored'
  /** Somebody else has changed them meanwhile; only ours were taken out. */
  | 'ours removed'
  /** The daemon has ended, which forgets what was set while it ran. */
  | 'daemon ended';

/** Ours could not be taken out; `commands` do it. */
export interface NotPutBack {
  readonly error: Error;
  readonly commands: readonly string[];
}

/**
 * What is logged: each message that goes over a monitor (info), and whose monitor that is (debug). All of `qemu` at debug
 * would be twice as much.
 */
const monitorFilters = ['2:qemu.qemu_monitor', '1:qemu.qemu_domain'];
/** What goes to and comes from guest agents is told at debug only. */
const agentFilters = ['1:qemu.qemu_agent'];

export class DebugLog {
  /** The log's file, to read. */
  readonly file: number;
  /** Outputs of the administrator's that get these lines as well. */
  readonly otherOutputs: readonly string[];
  readonly #daemon: LibvirtDaemon;
  readonly #folder: LogFolder;

  private constructor(
    daemon: LibvirtDaemon,
    { folder, file, before }: { folder: LogFolder; file: number; before: LogSettings },
  ) {
    this.#daemon = daemon;
    this.#folder = folder;
    this.file = file;
    this.otherOutputs = before.outputs.filter((output) => /^[12]:/.test(output));
  }

  /**
   * Has the daemon write it. `recording`: where it is recorded, for whoever asks.
   * @throws UsageError where the daemon does not let us; nothing is changed then
   */
  static async open(
    daemon: LibvirtDaemon,
    { agent, recording }: { readonly agent: boolean; readonly recording: string },
  ): Promise<DebugLog> {
    return whileLocked(daemon, async () => {
      const folder = LogFolder.make(daemon, recording);
      let file: number | undefined;
      try {
        file = folder.makeLog();
        const before = await readLogSettings(daemon);
        const filters = [...monitorFilters, ...(agent ? agentFilters : [])];
        const ours: LogSettings = { filters, outputs: [`1:file:${folder.log}`] };
        folder.write({ daemon: processOf(daemon.pid), before, ours });
        try {
          await setLogSettings(daemon, withOurs(before, ours), ['outputs', 'filters']);
        } catch (error) {
          await takeOut(daemon, before, ours);
          throw error;
        }
        return new DebugLog(daemon, { folder, file, before });
      } catch (error) {
        if (file !== undefined) closeSync(file);
        folder.remove();
        throw error;
      }
    });
  }

  /**
   * Takes ours out of the daemon's settings, hands what is written to `readRest`, and removes the file. Where the
   * daemon refuses, it goes on to write, and the file stays.
   */
  async putBack(readRest: () => void): Promise<PutBack | NotPutBack> {
    return putBack(this.#daemon, this.#folder, () => {
      readRest();
      closeSync(this.file);
    });
  }
}

/** Takes out what killed processes have left in the daemon's settings, and removes their logs. */
export async function undoLeftLogs(daemon: LibvirtDaemon): Promise<(PutBack | NotPutBack)[]> {
  const undone: (PutBack | NotPutBack)[] = [];
  for (const folder of LogFolder.left(daemon)) undone.push(await putBack(daemon, folder, () => undefined));
  return undone;
}

/** `done`: called when nothing is written any more, or we leave it alone. */
async function putBack(
  daemon: LibvirtDaemon,
  folder: LogFolder,
  done: () => void,
): Promise<PutBack | NotPutBack> {
  const changed = folder.read();
  const { pid, started } = processOf(daemon.pid);
  const isOver = changed !== undefined && (pid !== changed.daemon.pid || started !== changed.daemon.started);
  if (changed === undefined || isOver) {
    done();
    folder.remove();
    return isOver ? 'daemon ended' : 'restored';
  }
  const { before, ours } = changed;
  try {
    return await whileLocked(daemon, async () => {
      const result = await takeOut(daemon, before, ours);
      done();
      folder.remove();
      return result;
    });
  } catch (error) {
    done();
    folder.close();
    const commands = (['filters', 'outputs'] as const).map((kind) =>
      commandToSet(daemon, kind, before[kind]),
    );
    return { error: error as Error, commands };
  }
}

async function takeOut(daemon: LibvirtDaemon, before: LogSettings, ours: LogSettings): Promise<PutBack> {
  const now = await readLogSettings(daemon);
  if (isSameSettings(now, before)) return 'restored';
  const left = withoutOurs(now, ours);
  await setLogSettings(daemon, left, ['filters', 'outputs']);
  return isSameSettings(left, before) ? 'restored' : 'ours removed';
}
