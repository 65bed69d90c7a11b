/**
 * Reads each recording once it is finished, before a later one takes its place, and compares what is in
 * them all to what the peers have said and heard.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Audited } from './audit.js';

/** What passed in a session, each way, as the account of it says. */
export interface SessionAccount {
  readonly c2s: string;
  readonly s2c: string;
}

/** More often than files are removed. */
const often = 200;

export class Auditor {
  readonly #folder: string;
  readonly #reader = fork(fileURLToPath(new URL('./audit.ts', import.meta.url)));
  readonly #read = new Map<string, Audited>();
  #reading: Promise<unknown> = once(this.#reader, 'message');
  #over = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** How many recordings were read. */
  get files(): number {
    return this.#read.size;
  }

  /** Reads on in the background. */
  watch(): void {
    this.#reading = this.#reading.then(() => this.#readFinished()).then(() => sleep(often));
    void this.#reading.then(() => {
      if (!this.#over) this.watch();
    });
  }

  /** Reads what is left. */
  async finish(): Promise<void> {
    this.#over = true;
    await this.#reading;
    await this.#readFinished();
    this.#reader.disconnect();
  }

  async #readFinished(): Promise<void> {
    const finished = readdirSync(this.#folder).filter(
      (name) =>
        name.endsWith('.qmptap') && !this.#read.has(name) && !existsSync(join(this.#folder, `${name}-lock`)),
    );
    for (const name of finished.sort()) {
      const answer = once(this.#reader, 'message') as Promise<[Audited]>;
      this.#reader.send(join(this.#folder, name));
      this.#read.set(name, (await answer)[0]);
    }
  }

  /** What is missing, too much or different, a line each. */
  compare(accounts: ReadonlyMap<number, SessionAccount>): string[] {
    const files = [...this.#read].sort(([a], [b]) => (a < b ? -1 : 1));
    const troubles = files.flatMap(([name, { trouble }]) =>
      trouble === undefined ? [] : [`${name}: ${trouble}`],
    );
    const found = files.flatMap(([name, { sessions }]) => sessions.map((session) => ({ name, ...session })));
    const numbers = found.map(({ number }) => number);
    if (numbers.some((number, at) => at > 0 && number <= (numbers[at - 1] ?? 0))) {
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
