/** The thread of `live.ts`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { LiveEnd, LiveView } from './live.js';
import { Outlet } from './outlet.js';
import { show } from './show.js';

/** How often to try again where the reader is behind. */
const interval = 20;
/** How long the end waits for a reader who reads nothing at all. */
const patience = 2_000;

const { path, format } = workerData as LiveView;
const finish = new AbortController();
const outlet = new Outlet(1);
let end: LiveEnd = 'complete';

parentPort?.once('message', () => {
  finish.abort();
});

/** At the pace of its reader: what is not shown yet waits in the file. */
async function write(bytes: Uint8Array): Promise<boolean> {
  let left = bytes;
  for (let waited = 0; ;) {
    const taken = outlet.write(left);
    if (outlet.dead) {
      end = 'nobody reads';
      return false;
    }
    left = left.subarray(taken);
    if (left.length === 0) return true;
    if (taken > 0 || !finish.signal.aborted) waited = 0;
    else if ((waited += interval) > patience) {
      end = 'given up';
      return false;
    }
    await sleep(interval);
  }
}

await show(path, { filter: '', session: undefined, follow: true, format, until: finish.signal, write });
parentPort?.postMessage(end);
