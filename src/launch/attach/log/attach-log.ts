/** Records what a running libvirt daemon logs of its monitors: nothing is put in between, and nothing restarted. */
import { resolve } from 'node:path';
import type { TrafficSink } from '../../../recording/ports.js';
import type { SessionEnd, SessionStart } from '../../../recording/session.js';
import { watchProcess } from '../../../transport/unix/process-end.js';
import {
  type RecorderOptions,
  recordingSink,
  type RecordSummary,
  type RunningRecorder,
} from '../../record/record.js';
import type { LibvirtDaemon } from '../libvirt-daemon.js';
import { DebugLog, type NotPutBack, type PutBack } from './debug-log.js';
import { Guard } from './guard.js';
import { LogTail } from './log-tail.js';
import { once } from '../../once.js';

/** What makes traffic of a log. */
export interface LogReading {
  /** The next bytes of the log; valid during the call. */
  push(piece: Buffer): void;
  /** No more comes; ends the sessions. */
  end(): void;
}

export interface AttachLogOptions extends RecorderOptions {
  readonly daemon: LibvirtDaemon;
  /** Also what goes over the guest agents' channels. */
  readonly agent: boolean;
  readonly read: (sink: TrafficSink) => LogReading;
  /** The command line of `undoLeftLogs`, for when this process is killed. */
  readonly undo: readonly string[];
  /** Why nothing more comes: the daemon has ended, or its log is more than can be read. Called once, if at all. */
  readonly onOver: (why: 'daemon ended' | 'too much') => void;
  /** What became of the daemon's settings. Called once. */
  readonly onPutBack: (what: PutBack | NotPutBack) => void;
}

export interface AttachedLog extends RunningRecorder {
  /** Bytes of the log so far. */
  readonly logged: number;
  /** Outputs of the administrator's that get the same lines. */
  readonly otherOutputs: readonly string[];
}

/**
 * Has the daemon log, and records it until it is stopped.
 * @throws UsageError where the daemon does not let us, OutputError where the file cannot be made; nothing is changed then
 */
export async function attachLog(options: AttachLogOptions): Promise<AttachedLog> {
  const { daemon, agent, onOver, onPutBack } = options;
  const tell = options.onEvent ?? (() => undefined);
  const files = await recordingSink(options);
  let log: DebugLog;
  const guard = new Guard(options.undo, (why) => {
    tell({
      type: 'trouble',
      session: undefined,
      text: `if this process is killed, libvirt goes on to log: ${why}`,
    });
  });
  try {
    log = await DebugLog.open(daemon, { agent, recording: resolve(files.path) });
  } catch (error) {
    await guard.release();
    await files.abandon();
    throw error;
  }
  const sink = new ToldSink(files.traffic, tell, options.label);
  const reading = options.read(sink);
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolved) => {
    finish = resolved;
  });
  const tail = new LogTail(log.file, {
    bytes: (piece) => {
      reading.push(piece);
    },
    tooMuch: () => {
      onOver('too much');
      finish();
    },
  });
  const watch = watchProcess(daemon.pid, () => {
    onOver('daemon ended');
    finish();
  });
  const drain = once(async () => {
    watch.close();
    const result = await log.putBack(() => {
      tail.end();
      reading.end();
    });
    if (typeof result === 'string') await guard.release();
    onPutBack(result);
    finish();
    await files.drain();
  });
  return {
    address: daemon.uri,
    get path() {
      return files.path;
    },
    get logged() {
      return tail.size;
    },
    otherOutputs: log.otherOutputs,
    finished,
    send: () => Promise.reject(new Error('a log takes no commands')),
    close: () => void drain(),
    drain,
    stop: once(async (): Promise<RecordSummary> => {
      await drain();
      return files.finish(sink.sessions);
    }),
    [Symbol.asyncDispose]: async () => {
      await drain();
      await files.finish(sink.sessions);
    },
  };
}

/** Tells of the sessions that pass. */
class ToldSink implements TrafficSink {
  readonly #sink: TrafficSink;
  readonly #tell: NonNullable<RecorderOptions['onEvent']>;
  readonly #label: string | undefined;
  sessions = 0;

  /** `label`: for all of them, in place of what the log says. */
  constructor(sink: TrafficSink, tell: NonNullable<RecorderOptions['onEvent']>, label: string | undefined) {
    this.#sink = sink;
    this.#tell = tell;
    this.#label = label;
  }

  open(start: SessionStart, t: number): number {
    const session = this.#sink.open({ ...start, label: this.#label ?? start.label }, t);
    this.sessions += 1;
    this.#tell({ type: 'opened', session, client: start.client });
    return session;
  }

  chunk(...chunk: Parameters<TrafficSink['chunk']>): void {
    this.#sink.chunk(...chunk);
  }

  inject(...injected: Parameters<TrafficSink['inject']>): void {
    this.#sink.inject(...injected);
  }

  note(...note: Parameters<TrafficSink['note']>): void {
    this.#sink.note(...note);
  }

  close(session: number, t: number, end: SessionEnd, reason: string | undefined): void {
    this.#sink.close(session, t, end, reason);
    this.#tell({ type: 'closed', session, end, reason });
  }
}
