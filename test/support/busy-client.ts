/** A client that asks a monitor one thing after the other, and notices what it is owed. */
import type { QmpClient } from './qmp-client.js';

/** Commands that change nothing, of very different size. */
const questions = ['query-status', 'query-commands', 'query-version', 'query-qmp-schema', 'query-name'];

export class BusyClient {
  readonly client: QmpClient;
  /** Commands that were answered. */
  answered = 0;
  /** Commands that were never answered, though later ones were. */
  lost = 0;
  /** Answers that came again. */
  again = 0;
  /** Lines that are not whole. */
  broken = 0;
  readonly #open = new Map<number, string>();
  #next = 1;
  #rest = '';
  #going = true;

  constructor(client: QmpClient) {
    this.client = client;
    client.received.splice(0);
    client.socket.on('data', (chunk) => {
      client.received.splice(0);
      this.#read(chunk.toString('latin1'));
    });
    this.ask();
  }

  /** No answer is awaited any more. */
  get idle(): boolean {
    return this.#open.size === 0;
  }

  get closed(): boolean {
    return this.client.closed || this.client.socket.readableEnded;
  }

  /** Asks, whatever is still open: its answer tells that what was asked before will not be answered. */
  ask(): void {
    const number = this.#next++;
    const name = questions[number % questions.length] ?? '';
    this.#open.set(number, name);
    this.client.socket.write(`${JSON.stringify({ execute: name, id: `busy-${number}` })}\r\n`);
  }

  /** Asks nothing more. */
  stop(): void {
    this.#going = false;
  }

  #read(text: string): void {
    const lines = `${this.#rest}${text}`.split('\r\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#take(line);
  }

  #take(line: string): void {
    const id = idOf(line);
    if (id === undefined) {
      this.broken++;
      return;
    }
    if (!this.#open.delete(id)) {
      this.again++;
      return;
    }
    this.answered++;
    // A monitor answers in order.
    for (const other of [...this.#open.keys()]) {
      if (other > id) break;
      this.#open.delete(other);
      this.lost++;
    }
    if (this.#going && this.idle) this.ask();
  }
}

function idOf(line: string): number | undefined {
  try {
    const { id } = JSON.parse(line) as { id?: unknown };
    return typeof id === 'string' ? Number(id.slice('busy-'.length)) : undefined;
  } catch {
    return undefined;
  }
}
