/**
 * The guest agents in libvirt's log: `Send command '…' for write`, `Sending guest-sync command with ID`,
 * and `Line […]` for what came. They do not tell which agent; the machine's name at the same thread does.
 */
import type { ImportedSession } from '../import.js';
import { valueEnd } from '../reading/json-text.js';
import type { LogContext, LogRecord } from './libvirt-record.js';
import { binaryText } from '../wire.js';

const note =
  'from a log of libvirt: exact white space is not known, times are to the millisecond; a log tells one connection to the agent from the next only by the machine';

export class AgentLog {
  readonly #context: LogContext;
  /** By the machine's name; empty where it is not known. Undefined: of a machine that is not wanted. */
  readonly #sessions = new Map<string, ImportedSession | undefined>();
  /** Whose answers a thread reads: by the id of the guest-sync that came back to it. */
  readonly #readers = new Map<string, string>();
  /** Who asked for a guest-sync, by its id. */
  readonly #syncs = new Map<string, string>();
  /** Who wrote last: whose answer it is when nothing else tells. */
  #latest = '';

  constructor(context: LogContext) {
    this.#context = context;
  }

  take(record: LogRecord): void {
    const { text, place, thread } = record;
    const entered = /^Entering agent .*name=([^)]+)/.exec(text);
    if (entered !== null) {
      this.#context.machines.set(thread, binaryText(entered[1] ?? ''));
      return;
    }
    const sync = /^Sending guest-sync command with ID: (\d+)/.exec(text);
    if (sync !== null) {
      // The text is libvirt's own (`qemuAgentGuestSyncSend`).
      this.#syncs.set(sync[1] ?? '', this.#context.machines.get(thread) ?? '');
      this.#send(`{"execute":"guest-sync", "arguments":{"id":${sync[1] ?? '0'}}}`, record);
      return;
    }
    if (text.startsWith("Send command '")) {
      const end = text.lastIndexOf("' for write, seconds = ");
      const command = text.slice("Send command '".length, end < 0 ? undefined : end).trim();
      // A sync is written this way as well, and was taken above.
      if (!command.startsWith('{"execute":"guest-sync"')) this.#send(command, record);
      return;
    }
    if (place.startsWith('qemuAgent') && text.startsWith('Line [')) this.#receive(record);
  }

  gap(): void {
    for (const session of this.#sessions.values()) session?.gap();
  }

  /** `latest`: the log's last time. */
  end(latest: number | undefined): void {
    for (const session of this.#sessions.values()) session?.close(latest, 'cut-off', 'the log ends here');
  }

  #send(text: string, record: LogRecord): void {
    const machine = this.#context.machines.get(record.thread) ?? '';
    this.#latest = machine;
    this.#say('c2s', machine, text, record);
  }

  #receive(record: LogRecord): void {
    const start = 'Line ['.length;
    const text = record.text.slice(start, valueEnd(record.text, start));
    const asked = this.#syncs.get(/^\{"return": ?(\d+)\}/.exec(text)?.[1] ?? '');
    if (asked !== undefined && record.thread !== '') this.#readers.set(record.thread, asked);
    const known = asked ?? this.#readers.get(record.thread) ?? this.#context.machines.get(record.thread);
    const machine = known !== undefined && this.#sessions.has(known) ? known : this.#latest;
    this.#say('s2c', machine, text, record);
  }

  #say(dir: 'c2s' | 's2c', machine: string, text: string, record: LogRecord): void {
    const { wanted } = this.#context;
    if (wanted !== undefined && machine !== wanted) {
      this.#sessions.set(machine, undefined);
      return;
    }
    const bytes = this.#context.whole(`${text}\n`, record);
    if (bytes === undefined) return;
    let session = this.#sessions.get(machine);
    if (session === undefined) {
      session = this.#context.traffic.open({
        label: machine === '' ? undefined : machine,
        dialect: 'qga',
        server: 'guest agent',
        started: record.micros,
        note,
      });
      this.#sessions.set(machine, session);
    }
    session.say(dir, record.micros, bytes);
  }
}
