/** The thread of `live-thread.ts`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { FromLiveView, LiveEnd, LiveThread, ToLiveView } from './live-thread.js';
import { Outlet } from '../output/nonblocking-output.js';
import { show } from '../look/show.js';

/** How often to try again where the reader is behind. */
const interval = 20;
/** How long the end of a file waits for a reader that does not read. */
const patience = 2_000;

const { path: first, format, ...begun } = workerData as LiveThread;
let { width } = begun;
const outlet = new Outlet(1);

/** One file that is being printed. */
class View {
  readonly until = new AbortController();
  readonly done: Promise<void>;
  readonly #path: string;
  #end: LiveEnd = 'complete';

  constructor(path: string) {
    this.#path = path;
    this.done = this.#print();
  }

  /** A view that fails ends the thread with its error. */
  async #print(): Promise<void> {
    const write = (bytes: Uint8Array): Promise<boolean> => this.#write(bytes);
    const { signal } = this.until;
    const where = { write, width: () => width };
    await show([this.#path], {
      filter: '',
      session: undefined,
      follow: true,
      format,
      until: signal,
      ...where,
    });
    views.delete(this.#path);
    tellFinished(this.#path, this.#end);
  }

  /** At the pace of its reader: what is not shown yet waits in the file. */
  async #write(bytes: Uint8Array): Promise<boolean> {
    let left = bytes;
    for (let waited = 0; ;) {
      let taken = 0;
      if (unfinished === undefined || unfinished === this) {
        taken = outlet.write(left);
        if (outlet.dead) return this.#endWith('nobody reads');
        left = left.subarray(taken);
        if (left.length < bytes.length) unfinished = left.length === 0 ? undefined : this;
      }
      if (left.length === 0) return true;
      if (taken > 0 || !this.until.signal.aborted) waited = 0;
      else if ((waited += interval) > patience) return this.#endWith('given up');
      await sleep(interval);
    }
  }

  #endWith(end: LiveEnd): false {
    this.#end = end;
    if (unfinished === this) unfinished = undefined;
    return false;
  }
}

const views = new Map<string, View>();
/** The view that has written a part of what it has to write: the others' lines do not go between. */
let unfinished: View | undefined;

function tellFinished(path: string, end: LiveEnd): void {
  const message: FromLiveView = { finished: path, end };
  parentPort?.postMessage(message);
}

parentPort?.on('message', (message: ToLiveView) => {
  if (message.type === 'add') {
    views.set(message.path, new View(message.path));
  } else if (message.type === 'resized') {
    width = message.width;
  } else if (message.path === undefined) {
    const left = [...views.values()];
    for (const { until } of left) until.abort();
    void Promise.all(left.map(({ done }) => done)).then(() => parentPort?.close());
  } else {
    const view = views.get(message.path);
    if (view === undefined) tellFinished(message.path, 'complete');
    else view.until.abort();
  }
});
views.set(first, new View(first));
