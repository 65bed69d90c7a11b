/**
 * Prints a recording while this process makes it. In a thread of its own: whoever records is not
 * slowed down by who watches.
 */
import { Worker } from 'node:worker_threads';
import type { ShowOptions } from './show.js';

/** What the thread is started with. */
export interface LiveView {
  readonly path: string;
  readonly format: ShowOptions['format'];
}

/** `nobody reads`: standard output was closed. `given up`: at the end its reader did not read on. */
export type LiveEnd = 'complete' | 'nobody reads' | 'given up';

export interface LiveEvents {
  /** It ended before all was shown. */
  readonly ended: (end: LiveEnd) => void;
  readonly failed: (error: Error) => void;
}

/** A running live view. */
export interface Live {
  /** Prints what is left, and ends. Call it when the recording is complete. */
  finish(): Promise<void>;
}

/** Starts to print. A view that fails says so on standard error and harms nothing. */
export function startLive(view: LiveView, events: LiveEvents): Live {
  const worker = new Worker(new URL('./live-worker.js', import.meta.url), { workerData: view });
  // Not `once` of node:events, which would reject when the thread dies of an error.
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  worker.on('error', events.failed);
  worker.on('message', (end: LiveEnd) => {
    if (end !== 'complete') events.ended(end);
  });
  return {
    async finish() {
      worker.postMessage('finish');
      await ended;
    },
  };
}
