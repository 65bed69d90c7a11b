/**
 * Puts a recorder in front of a server that runs, at the server's own path, and takes it away again. Who is
 * connected already stays so; who connects next is recorded.
 */
import { type FSWatcher, watch } from 'node:fs';
import type { Dialect } from '../../recording/session.js';
import { ExchangedPath, type PathRepair, type PathState } from '../../transport/path/exchanged-path.js';
import {
  recordBetween,
  type RecorderOptions,
  type RecordSummary,
  type RunningRecorder,
} from '../record/record.js';
import { AttachKeeper, type AttachSuccession } from './keep.js';
import { recordingPlace } from '../record/recording-name.js';

/** How often to look whether a server was killed. */
const lookEveryMs = 1000;

/** A server's socket, by its path. */
export interface AttachedChannel {
  readonly path: string;
  /** Undefined: recognised from the traffic. */
  readonly dialect?: Dialect | undefined;
}

export interface AttachOptions extends RecorderOptions {
  /** One VM's monitors and its agent: all in one recording. */
  readonly channels: readonly [AttachedChannel, ...AttachedChannel[]];
  /** The process that goes on if this one is killed while the server lives. Undefined: none. */
  readonly succession?: AttachSuccession | undefined;
  /** The server's process, where it is known. */
  readonly pid?: number | undefined;
  /** Told once of each path that is not ours any more; must not throw. No new session can come there then. */
  readonly onLost?: ((path: string, how: Exclude<PathState, 'taken'>) => void) | undefined;
}

/** A recorder at a server's paths. `close`, `drain` and `stop` give them back first. */
export interface AttachedRecorder extends RunningRecorder {
  /** Puts the servers' sockets back; the sessions that run go on and are recorded to their end. */
  detach(): PathRepair[];
}

/**
 * Takes the paths, and records every session from now on.
 * @throws ConnectError where a path cannot be taken, UsageError for a rule, OutputError where the file cannot be
 * made; the paths are as they were then
 */
export async function attach(options: AttachOptions): Promise<AttachedRecorder> {
  const { channels, onLost } = options;
  const recording = recordingPlace(options).next(new Date());
  const taken: ExchangedPath[] = [];
  const giveBack = (): PathRepair[] => taken.map((one) => one.giveBack());
  let recorder: RunningRecorder | undefined = undefined as RunningRecorder | undefined;
  const keeper =
    options.succession &&
    new AttachKeeper(options.succession, {
      pid: options.pid,
      label: options.label,
      path: () => recorder?.path ?? recording,
    });
  try {
    const sides = channels.map(({ path, dialect }) => {
      const { path: own, clients, server } = exchanged(taken, path, recording);
      return { clients, server, dialect, follow: keeper?.add(own, dialect, clients) };
    });
    recorder = await recordBetween(sides as [(typeof sides)[0], ...typeof sides], options);
  } catch (error) {
    giveBack();
    await keeper?.close();
    throw error;
  }
  const running = recorder;
  for (const one of taken) one.recordedIn(running.path); // named by the time at which it began
  const look = (): void => {
    for (const one of taken) {
      const state = one.isOver ? 'taken' : one.state;
      if (state === 'taken') continue;
      one.giveBack();
      onLost?.(one.path, state);
    }
    if (taken.every(({ isOver }) => isOver)) end();
  };
  const watchers = taken.map((one) => watchFolder(one.folder, look));
  // A server that was killed changes no name.
  const timer = setInterval(look, lookEveryMs).unref();
  const end = (): void => {
    clearInterval(timer);
    for (const watcher of watchers) watcher?.close();
    running.close();
  };
  const detach = (): PathRepair[] => {
    const repairs = giveBack();
    end();
    return repairs;
  };
  const stop = async (): Promise<RecordSummary> => {
    detach();
    const summary = await running.stop();
    await keeper?.close();
    return summary;
  };
  return {
    address: running.address,
    get path() {
      return running.path;
    },
    finished: running.finished,
    send: (session, text) => running.send(session, text),
    detach,
    close: () => {
      detach();
    },
    drain: () => {
      detach();
      return running.drain();
    },
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}

function exchanged(taken: ExchangedPath[], path: string, recording: string): ExchangedPath {
  const one = ExchangedPath.take(path, recording);
  taken.push(one);
  return one;
}

/** Calls `changed` after each change of a name in the folder. Where that cannot be watched, never. */
function watchFolder(folder: string, changed: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, changed);
    watcher.on('error', changed);
    return watcher;
  } catch {
    return undefined; // no inotify watches are left; the path is given back at the end all the same
  }
}
