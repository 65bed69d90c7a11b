/**
 * Reads each recording once it is finished, before a later one takes its place, and compares what is in
 * them all to what the peers have said and heard.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

/** More often than files are removed. */
const often = 200;

export class Auditor {
  #folder;
  #worker = new Worker(new URL('./audit.mjs', import.meta.url));
  #read = new Map();
  #reading = Promise.resolve();
  #over = false;

  constructor(folder) {
    this.#folder = folder;
  }

  /** How many recordings were read. */
  get files() {
    return this.#read.size;
  }

  /** Reads on in the background. */
  watch() {
    this.#reading = this.#readFinished().then(() => sleep(often));
    void this.#reading.then(() => {
      if (!this.#over) this.watch();
    });
  }

  /** Reads what is left. */
  async finish() {
    this.#over = true;
    await this.#reading;
    await this.#readFinished();
    await this.#worker.terminate();
  }

  async #readFinished() {
    const finished = readdirSync(this.#folder).filter(
      (name) =>
        name.endsWith('.qmptap') && !this.#read.has(name) && !existsSync(join(this.#folder, `${name}-lock`)),
    );
    for (const name of finished.sort()) {
      const answer = new Promise((resolve) => this.#worker.once('message', resolve));
      this.#worker.postMessage(join(this.#folder, name));
      this.#read.set(name, await answer);
    }
  }

  /** What is missing, too much or different, a line each. */
  compare(accounts) {
    const files = [...this.#read].sort(([a], [b]) => (a < b ? -1 : 1));
    const troubles = files.flatMap(([name, { trouble }]) => (trouble ? [`${name}: ${trouble}`] : []));
    const found = files.flatMap(([name, { sessions }]) => sessions.map((session) => ({ name, ...session })));
    const numbers = found.map(({ number }) => number);
    if (numbers.some((number, at) => at > 0 && number <= numbers[at - 1])) {
      troubles.push(`sessions are twice or out of order: ${numbers.join(' ')}`);
    }
    const byNumber = new Map(found.map((session) => [session.number, session]));
    for (const [number, { c2s, s2c }] of accounts) {
      const session = byNumber.get(number);
      if (session === undefined) troubles.push(`session ${number}: in no recording`);
      else if (session.c2s !== c2s || session.s2c !== s2c) {
        const { name } = session;
        troubles.push(
          `session ${number}: -> ${c2s} <- ${s2c}; in ${name}: -> ${session.c2s} <- ${session.s2c}`,
        );
      }
    }
    if (found.length !== accounts.size)
      troubles.push(`${found.length} sessions recorded, ${accounts.size} held`);
    return troubles;
  }
}
