/**
 * Prints a recording while this process makes it, and the next files of its series. In a thread:
 * a slow reader never delays the recorder.
 */
import { Worker } from 'node:worker_threads';
import { terminalWidth } from '../output/output.js';
import type { ShowOptions } from '../look/show.js';

export interface LiveView {
  readonly path: string;
  readonly format: ShowOptions['format'];
}

/** What the thread is started with. */
export interface LiveThread extends LiveView {
  /** The terminal's, which the thread cannot ask for. */
  readonly width: number | undefined;
}

/** `nobody reads`: standard output was closed. `given up`: the reader stopped reading before the end of a file. */
export type LiveEnd = 'complete' | 'nobody reads' | 'given up';

export interface LiveEvents {
  /** It ended before all of a file was shown. `nobody reads` is reported once. */
  readonly ended: (end: LiveEnd, path: string) => void;
  readonly failed: (error: Error) => void;
}

/** What is said to the thread; without a path, of all. */
export type ToLiveView =
  | { readonly type: 'add'; readonly path: string }
  | { readonly type: 'resized'; readonly width: number | undefined }
  | { readonly type: 'finish'; readonly path: string | undefined };

/** What the thread says: a file is printed, to its end or not, and closed. */
export interface FromLiveView {
  readonly finished: string;
  readonly end: LiveEnd;
}

/** A running live view. */
export interface Live {
  /** Prints another file that has begun, beside the others. */
  add(path: string): void;
  /** Prints what is left of a file, or of all, and closes them. Call it when all can be read. */
  finish(path?: string): Promise<void>;
}

/** Starts to print. A view that fails says so on standard error and harms nothing. */
export function startLive(view: LiveView, events: LiveEvents): Live {
  const workerData: LiveThread = { ...view, width: terminalWidth() };
  const worker = new Worker(new URL('./live-worker.js', import.meta.url), { workerData });
  const closed = new Map<string, () => void>();
  let over = false;
  let deaf = false;
  worker.on('message', ({ finished, end }: FromLiveView) => {
    if (end === 'given up' || (end === 'nobody reads' && !deaf)) events.ended(end, finished);
    deaf ||= end === 'nobody reads';
    closed.get(finished)?.();
    closed.delete(finished);
  });
  const say = (message: ToLiveView): void => {
    worker.postMessage(message);
  };
  const resized = (): void => {
    say({ type: 'resized', width: terminalWidth() });
  };
  process.stdout.on('resize', resized);
  // Not `once` of node:events, which would reject when the thread dies of an error.
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      over = true;
      process.stdout.off('resize', resized);
      for (const each of closed.values()) each();
      resolve();
    });
  });
  worker.on('error', events.failed);
  return {
    add(path) {
      say({ type: 'add', path });
    },
    async finish(path) {
      if (path === undefined) {
        say({ type: 'finish', path });
        await ended;
      } else if (!over) {
        await new Promise<void>((resolve) => {
          closed.set(path, resolve);
          say({ type: 'finish', path });
        });
      }
    },
  };
}
