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

/** A running live view. */
export interface Live {
  /** Prints what is left, and ends. Call it when the recording is complete. */
  finish(): Promise<void>;
}

/** Starts to print. A view that fails says so on standard error and harms nothing. */
export function startLive(view: LiveView, failed: (error: Error) => void): Live {
  const worker = new Worker(new URL('./live-worker.js', import.meta.url), { workerData: view });
  // Not `once` of node:events, which would reject when the thread dies of an error.
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  worker.on('error', failed);
  return {
    async finish() {
      worker.postMessage('finish');
      await ended;
    },
  };
}
