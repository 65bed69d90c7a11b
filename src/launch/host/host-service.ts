/**
 * A host as a process: its private folder, its store (systemd's or a holder of its own), and its control socket,
 * which lets only one host at a time record into a folder.
 */
import { constants, existsSync, lstatSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OutputError } from '../../errors.js';
import { createFolder } from '../../store/disk/files.js';
import { cannotWrite } from '../../store/disk/output-failure.js';
import { whoMayReplace } from '../../store/disk/trust.js';
import { ControlServer } from './control-server.js';
import { controlSocket, hostFolder, leavingFile } from './control.js';
import { Host } from './host.js';
import type { HostOptions } from './host-options.js';
import { OwnHolder } from './store/own-holder.js';
import { SocketStore, takeStoreEnvironment } from './store/socket-store.js';

export interface HostServiceOptions extends HostOptions {
  /** The command line of a program that makes a `Holder` at this address, for this process. */
  readonly holder: (address: string) => readonly [string, ...string[]];
}

/** A host that runs. */
export interface RunningHost {
  readonly host: Host;
  /** systemd keeps its sockets, and starts it again: it may end without giving anything back. */
  readonly isService: boolean;
  /** It was restored from one that had been told to leave. */
  readonly isLeaving: boolean;
  /** Gives everything back, and tells the next host to do so if this one is killed meanwhile. */
  leave(): void;
  /** Resolves after `leave`, once all sessions are over and all recordings are complete. */
  readonly finished: Promise<void>;
}

/**
 * The folder from which the next host learns whose paths are taken, and where this one is told to leave: nobody else
 * may put anything there. @throws OutputError
 */
function privateFolder(recordings: string): string {
  const folder = hostFolder(recordings);
  try {
    createFolder(folder);
    const { mode } = lstatSync(folder);
    const isOpen = (mode & constants.S_IFMT) !== constants.S_IFDIR || (mode & 0o077) !== 0;
    const others = isOpen ? 'it is no folder of mode 0700' : whoMayReplace(folder);
    if (others === undefined) return folder;
    const remedy = 'give another --recordings, or make it and the folders above it yours alone';
    throw new OutputError(
      { subject: folder, reason: `others may meddle with it: ${others}`, remedy },
      { path: folder },
    );
  } catch (error) {
    throw cannotWrite(folder, error);
  }
}

/**
 * Starts, with what a host before this one has left.
 * @throws ConnectError if a host records into this folder already, OutputError if that is not this user's alone,
 * UsageError for a rule
 */
export async function startHost(options: HostServiceOptions): Promise<RunningHost> {
  const folder = privateFolder(options.recordings);
  const environment = takeStoreEnvironment();
  const trouble = (text: string): void => {
    options.onEvent({ type: 'trouble', label: undefined, text });
  };
  const control = await ControlServer.listen(controlSocket(options.recordings));
  // A parent without a descriptor store is the user.
  const isService = environment.address !== undefined && environment.holder === undefined;
  const address = environment.address ?? join(folder, 'holder.sock');
  const store = new SocketStore(address, trouble);
  const leaving = leavingFile(options.recordings);
  if (environment.sockets.length === 0) rmSync(leaving, { force: true });
  const isLeaving = existsSync(leaving);
  let host: Host | undefined = undefined as Host | undefined;
  const holder = isService
    ? undefined
    : new OwnHolder({
        command: options.holder(address),
        running: environment.holder,
        renewed: () => host?.storeAgain(),
        trouble,
      });
  await holder?.start();
  host = new Host(options, { folder, store, restored: environment.sockets, leaving: isLeaving });
  const running = host;
  const leave = (): void => {
    writeFileSync(leaving, '', { mode: 0o600 });
    running.leave();
  };
  control.serve({ host, leave });
  const finish = async (): Promise<void> => {
    await running.finished;
    holder?.close();
    control.close();
    rmSync(leaving, { force: true });
  };
  return { host, isService, isLeaving, leave, finished: finish() };
}
