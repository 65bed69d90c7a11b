/** The recorder under test: `qmptap record` in a process of its own, and what can be seen of it from outside. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** Loaded into the recorder before it starts: tells what it holds when it is asked, and changes nothing. */
const probe = `
  process.on('message', () => {
    globalThis.gc?.();
    const timers = process.getActiveResourcesInfo().filter((one) => one === 'Timeout').length;
    process.send?.({ heap: process.memoryUsage().heapUsed, timers });
  });
  // The question must not keep it alive.
  process.channel?.unref();`;

const megabyte = 2 ** 20;

/** What can be seen of a recorder: megabytes and numbers. */
export type Quantities = Readonly<
  Record<'rss' | 'peak' | 'heap' | 'timers' | 'descriptors' | 'threads' | 'journal', number>
>;

export class Recorder {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #ended: Promise<unknown[]>;

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
    this.#ended = once(child, 'exit');
  }

  /** Records `tap` -> `qmp` in `folder`. */
  static async start(folder: string, flags: readonly string[]): Promise<Recorder> {
    const [listen, connect] = [join(folder, 'tap'), join(folder, 'qmp')];
    const output = join(folder, 'soak.qmptap');
    const args = ['record', '--listen', listen, '--connect', connect, '-o', output, '--quiet', ...flags];
    const child = spawn(
      process.execPath,
      [
        '--expose-gc',
        '--import',
        `data:text/javascript,${encodeURIComponent(probe)}`,
        main,
        '--log-level',
        'warn',
        ...args,
      ],
      {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      },
    );
    const recorder = new Recorder(child, folder);
    while (!existsSync(listen)) {
      if (child.exitCode !== null) process.exit(1); // it has said why
      await sleep(20);
    }
    return recorder;
  }

  async sample(): Promise<Quantities> {
    const answer = once(this.#child, 'message') as Promise<[Pick<Quantities, 'heap' | 'timers'>]>;
    this.#child.send('sample');
    const [{ heap, timers }] = await Promise.race([
      answer,
      this.#ended.then(() => fail('the recorder ended')),
    ]);
    const proc = `/proc/${String(this.#child.pid)}`;
    const status = readFileSync(`${proc}/status`, 'latin1');
    const field = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]);
    return {
      rss: field('VmRSS') / 1024,
      peak: field('VmHWM') / 1024,
      heap: heap / megabyte,
      timers,
      descriptors: readdirSync(`${proc}/fd`).length,
      threads: field('Threads'),
      journal: sizeOf(this.#folder, (name) => name.includes('-journal-')) / megabyte,
    };
  }

  /** Ends it as a user does; says what was wrong with that. */
  async stop(): Promise<string | undefined> {
    this.#child.kill('SIGTERM');
    const [code] = await this.#ended;
    const left = readdirSync(this.#folder).filter((name) => !/\.qmptap$|^qmp$/.test(name));
    if (code !== 143) return `the recorder ended with ${String(code)}`;
    return left.length === 0 ? undefined : `the recorder left ${left.join(', ')}`;
  }
}

function sizeOf(folder: string, wanted: (name: string) => boolean): number {
  return readdirSync(folder)
    .filter(wanted)
    .reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}

function fail(what: string): never {
  throw new Error(what);
}
