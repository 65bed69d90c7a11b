/**
 * The traffic: a libvirtd that stays for long and polls, and others that come, ask all that a start asks, and
 * go, as an upgrade or a script's connection does. Each session's account is compared at both of its ends
 * when it is over.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRecording } from '../../src/index.js';
import type { SessionAccount } from './auditor.js';
import { Client, Server } from './peers.js';
import { type Exchange, job, poll, start } from './traffic.js';

const recordedSchema = new URL('../../recordings/schema.qmptap', import.meta.url).pathname;
/** Of so many starts one asks for the schema, as the first start on a host does. */
const startsPerSchema = 5;
/** Sessions at once; together they poll at the rate that was asked for. */
const concurrent = 2;
/** Between two block jobs. */
const pollsPerJob = 50;
/** Sessions that stay: a tenth of the run, and at most a quarter of an hour. */
const longest = 900;

export class Load {
  sessions = 0;
  messages = 0;
  bytes = 0;
  readonly #path: string;
  readonly #rate: number;
  readonly #server = new Server();
  readonly #schema = schemaOf(recordedSchema);
  readonly #accounts = new Map<number, SessionAccount>();
  #over = false;
  #running: Promise<unknown> = Promise.resolve();
  #turn = 0;

  private constructor(path: string, rate: number) {
    this.#path = path;
    this.#rate = rate;
  }

  static async start(folder: string, { seconds, rate }: { seconds: number; rate: number }): Promise<Load> {
    const load = new Load(join(folder, 'tap'), rate);
    const stay = Math.min(longest, seconds / 10);
    await load.#server.listen(join(folder, 'qmp'));
    load.#running = Promise.all([load.#repeat(stay), load.#repeat(stay / 5)]);
    load.#running.catch(() => undefined); // told by `until`
    return load;
  }

  /** Waits, while all goes well. */
  async until(time: number): Promise<void> {
    await Promise.race([sleep(Math.max(0, time - performance.now())), this.#running]);
  }

  /** Ends the sessions; what passed in each of them. */
  async finish(): Promise<ReadonlyMap<number, SessionAccount>> {
    this.#over = true;
    await this.#running;
    this.#server.close();
    return this.#accounts;
  }

  async #repeat(seconds: number): Promise<void> {
    while (!this.#over) await this.#session(seconds);
  }

  async #session(seconds: number): Promise<void> {
    const number = ++this.sessions;
    const client = await Client.connect(this.#path, this.#server, number);
    const end = performance.now() + seconds * 1000;
    await this.#say(client, start(number % startsPerSchema === 1 ? this.#schema : undefined));
    for (
      let next = performance.now();
      performance.now() < end && !this.#over;
      next += (concurrent * 1000) / this.#rate
    ) {
      const turn = ++this.#turn;
      await this.#say(client, poll(turn));
      if (turn % pollsPerJob === 0) await this.#say(client, job(turn));
      await sleep(Math.max(0, next - performance.now()));
    }
    await client.close();
    this.#compare(number, client);
  }

  async #say(client: Client, exchanges: Iterable<Exchange>): Promise<void> {
    for (const exchange of exchanges) await client.say(exchange);
    this.messages += client.takeCount();
  }

  #compare(number: number, client: Client): void {
    const server = this.#server.accounts.get(number);
    if (server === undefined) throw new Error(`session ${number}: the server heard nothing of it`);
    this.#server.accounts.delete(number);
    this.bytes += client.said.bytes + client.heard.bytes;
    const [c2s, s2c] = [client.said.close(), client.heard.close()];
    const there = [server.heard.close(), server.said.close()];
    if (there[0] !== c2s || there[1] !== s2c) {
      throw new Error(`session ${number}: client -> ${c2s} <- ${s2c}; server -> ${there.join(' <- ')}`);
    }
    this.#accounts.set(number, { c2s, s2c });
  }
}

function schemaOf(path: string): unknown {
  const recording = openRecording(path);
  try {
    const [answer] = [...recording.messages()].filter(
      ({ kind, command }) => kind === 'success' && command === 'query-qmp-schema',
    );
    return (JSON.parse(new TextDecoder().decode(answer?.raw)) as { return: unknown }).return;
  } finally {
    recording.close();
  }
}
