/**
 * QEMU's trace log (`-trace 'monitor_qmp_*' -trace handle_qmp_command`). Commands in it are printed again
 * by QEMU, so their bytes are not the client's; what its parser refused is not there at all.
 */
import {
  damaged,
  type ImportedSession,
  type ImportedTraffic,
  type Importer,
  type ImportTarget,
} from '../import.js';
import type { Clock } from '../reading/clock.js';
import { ValueEnd } from '../reading/json-text.js';
import type { LogLine } from '../reading/line.js';
import { type LogReader, openLog } from '../reading/log-reader.js';
import { isWhole, messageBytes } from '../wire.js';

/** `handle_qmp_command mon 0x556f req: {…}`; what stands before it needs `-msg timestamp=on`. */
const event = /(?:^|\s|:)(handle_qmp_command|monitor_qmp_\w+) ?/;

const parts = /^mon (0x[0-9a-f]+|\(nil\)) (?:req|resp): (?=\{)/;

/** Another event of a trace, such as `qio_channel_socket_accept …`. */
const other = /^[a-z]\w* /;

const note =
  "from QEMU's trace log: commands as QEMU printed them, those that it could not parse are missing";

interface Pending {
  readonly line: number;
  readonly micros: number | undefined;
  readonly dir: 'c2s' | 's2c';
  readonly monitor: string;
  readonly end: ValueEnd;
  readonly lines: string[];
  size: number;
}

/** A message of more than this is not QEMU's. */
const maximumMessage = 128 * 2 ** 20;

export class QemuTraceImporter implements Importer {
  readonly #target: ImportTarget;
  readonly #traffic: ImportedTraffic;
  readonly #reader: LogReader;
  readonly #clock: Clock;
  readonly #sessions = new Map<string, ImportedSession>();
  /** By the log that it is in: with pretty=on a response goes on over several lines. */
  readonly #pending = new Map<string, Pending>();
  #latest: number | undefined;

  constructor(target: ImportTarget) {
    const { traffic, clock, reader } = openLog(
      target,
      (line) => {
        this.#take(line);
      },
      () => this.#sessions.values(),
    );
    this.#target = target;
    this.#traffic = traffic;
    this.#clock = clock;
    this.#reader = reader;
  }

  line(text: string, number: number): void {
    this.#reader.line(text, number);
  }

  end(): void {
    this.#reader.end();
    for (const [source, pending] of this.#pending) this.#drop(source, pending);
    for (const session of this.#sessions.values())
      session.close(this.#latest, 'cut-off', 'the log ends here');
  }

  #take({ text, number, micros, source }: LogLine): void {
    this.#latest = micros ?? this.#latest;
    const pending = this.#pending.get(source);
    const found = event.exec(text);
    if (found === null) {
      if (pending !== undefined) this.#goOn(source, pending, text);
      else if (!other.test(text) && text.trim() !== '') {
        this.#target.skip(number, 'no trace event of the monitor');
      }
      return;
    }
    if (pending !== undefined) this.#drop(source, pending);
    const [head, name] = found;
    const time = micros ?? this.#clock.find(text.slice(0, found.index));
    this.#latest = time ?? this.#latest;
    if (name !== 'handle_qmp_command' && name !== 'monitor_qmp_respond') return;
    const rest = text.slice(found.index + head.length);
    const told = parts.exec(rest);
    if (told === null) {
      this.#target.skip(number, `${name} without its message`);
      return;
    }
    const dir = name === 'handle_qmp_command' ? 'c2s' : 's2c';
    const monitor = `${source} ${told[1] ?? ''}`.trim();
    const begun = {
      line: number,
      micros: time,
      dir,
      monitor,
      end: new ValueEnd(),
      lines: [],
      size: 0,
    } as const;
    this.#goOn(source, { ...begun, lines: [] }, rest.slice(told[0].length));
  }

  #goOn(source: string, pending: Pending, text: string): void {
    const end = pending.end.find(text);
    pending.lines.push(text.slice(0, end));
    pending.size += text.length;
    if (end === undefined) {
      if (pending.end.isTorn || pending.size > maximumMessage) this.#drop(source, pending);
      else this.#pending.set(source, pending);
      return;
    }
    this.#pending.delete(source);
    const json = pending.lines.join('\r\n');
    const bytes = messageBytes(`${json}\r\n`);
    if (isWhole(bytes)) this.#session(pending, json).say(pending.dir, pending.micros, bytes);
    else this.#target.skip(pending.line, damaged);
  }

  #drop(source: string, pending: Pending): void {
    this.#pending.delete(source);
    this.#target.skip(pending.line, damaged);
  }

  /** The pointer is the monitor's, for all its clients: a greeting begins the next one's session. */
  #session({ monitor, micros, dir }: Pending, json: string): ImportedSession {
    const before = this.#sessions.get(monitor);
    const greets = dir === 's2c' && /^\{\s*"QMP"/.test(json);
    if (before !== undefined && !greets) return before;
    before?.close(micros, 'client-closed');
    const session = this.#traffic.open({
      dialect: 'qmp',
      server: `monitor ${monitor}`,
      started: micros,
      note,
    });
    this.#sessions.set(monitor, session);
    return session;
  }
}
