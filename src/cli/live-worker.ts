/** The thread of `live.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import type { LiveView } from './live.js';
import { show } from './show.js';

const { path, format } = workerData as LiveView;
const finish = new AbortController();
parentPort?.once('message', () => {
  finish.abort();
});
await show(path, { filter: '', session: undefined, follow: true, format, until: finish.signal });
