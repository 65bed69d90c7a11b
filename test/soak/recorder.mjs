/** The recorder under test: `qmptap record` in a process of its own, and what can be seen of it from outside. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const probe = new URL('./probe.mjs', import.meta.url).href;
const megabyte = 2 ** 20;

export class Recorder {
  #child;
  #folder;
  #ended;

  /** Records `tap` -> `qmp` in `folder`. */
  static async start(folder, flags) {
    const recorder = new Recorder();
    recorder.#folder = folder;
    const [listen, connect] = ['tap', 'qmp'].map((name) => join(folder, name));
    const output = join(folder, 'soak.qmptap');
    const args = ['record', '--listen', listen, '--connect', connect, '-o', output, '--quiet', ...flags];
    const child = spawn(
      process.execPath,
      ['--expose-gc', '--import', probe, main, '--log-level', 'warn', ...args],
      {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      },
    );
    recorder.#child = child;
    recorder.#ended = once(child, 'exit');
    while (!existsSync(listen)) {
      if (child.exitCode !== null) process.exit(1); // it has said why
      await sleep(20);
    }
    return recorder;
  }

  /** Megabytes and numbers. */
  async sample() {
    const answer = once(this.#child, 'message');
    this.#child.send('sample');
    const [{ heap, timers }] = await Promise.race([
      answer,
      this.#ended.then(() => fail('the recorder ended')),
    ]);
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'latin1');
    const field = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]);
    return {
      rss: field('VmRSS') / 1024,
      peak: field('VmHWM') / 1024,
      heap: heap / megabyte,
      timers,
      descriptors: readdirSync(`/proc/${this.#child.pid}/fd`).length,
      threads: field('Threads'),
      journal: sizeOf(this.#folder, (name) => name.includes('-journal-')) / megabyte,
    };
  }

  /** Ends it as a user does; says what was wrong with that. */
  async stop() {
    this.#child.kill('SIGTERM');
    const [code] = await this.#ended;
    const left = readdirSync(this.#folder).filter((name) => !/\.qmptap$|^qmp$/.test(name));
    if (code !== 143) return `the recorder ended with ${code}`;
    return left.length === 0 ? undefined : `the recorder left ${left.join(', ')}`;
  }
}

function sizeOf(folder, wanted) {
  return readdirSync(folder)
    .filter(wanted)
    .reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}

function fail(what) {
  throw new Error(what);
}
