/**
 * QEMU's trace log (`-trace 'monitor_qmp_*' -trace handle_qmp_command`). Commands in it are printed again
 * by QEMU, so their bytes are not the client's; what its parser refused is not there at all.
 */
import {
  damaged,
  type ImportedSession,
  type Importer,
  ImportedTraffic,
  type ImportTarget,
} from '../import.js';
import { isWhole, messageBytes } from '../wire.js';

/** `31389@1795165165.807832:handle_qmp_command mon 0x556f req: {…}`; the time needs `-msg timestamp=on`. */
const event = /^(?:\d+@(\d+)\.(\d{6}):)?(handle_qmp_command|monitor_qmp_\w+) ?/;
const other = /^(?:\d+@\d+\.\d{6}:)?[a-z]\w* /;

const note =
  "from QEMU's trace log: commands as QEMU printed them, those that it could not parse are missing";

interface Pending {
  readonly line: number;
  readonly micros: number | undefined;
  readonly dir: 'c2s' | 's2c';
  readonly monitor: string;
  text: string;
}

/** A message of more than this is not QEMU's. */
const maximumMessage = 128 * 2 ** 20;

export class QemuTraceImporter implements Importer {
  readonly #target: ImportTarget;
  readonly #traffic: ImportedTraffic;
  readonly #sessions = new Map<string, ImportedSession>();
  #pending: Pending | undefined;
  #latest: number | undefined;

  constructor(target: ImportTarget) {
    this.#target = target;
    this.#traffic = new ImportedTraffic(target);
  }

  line(text: string, number: number): void {
    const bare = text.endsWith('\r') ? text.slice(0, -1) : text;
    const found = event.exec(bare);
    if (found === null) {
      // With pretty=on a response goes on over several lines.
      if (this.#pending && /^[ \]}]/.test(bare) && this.#pending.text.length < maximumMessage) {
        this.#pending.text += `\r\n${bare}`;
      } else if (!other.test(bare) && bare.trim() !== '') {
        this.#target.skip(number, 'no trace event of the monitor');
      }
      return;
    }
    this.#finish();
    const [head, seconds, micros = '', name] = found;
    const time = seconds === undefined ? undefined : Number(seconds) * 1e6 + Number(micros);
    this.#latest = time ?? this.#latest;
    if (name !== 'handle_qmp_command' && name !== 'monitor_qmp_respond') return;
    const parts = /^mon (0x[0-9a-f]+|\(nil\)) (?:req|resp): /.exec(bare.slice(head.length));
    if (parts === null) {
      this.#target.skip(number, `${name} without its message`);
      return;
    }
    this.#pending = {
      line: number,
      micros: time,
      dir: name === 'handle_qmp_command' ? 'c2s' : 's2c',
      monitor: parts[1] ?? '',
      text: bare.slice(head.length + parts[0].length),
    };
  }

  end(): void {
    this.#finish();
    for (const session of this.#sessions.values())
      session.close(this.#latest, 'cut-off', 'the log ends here');
  }

  #finish(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending === undefined) return;
    const bytes = messageBytes(`${pending.text}\r\n`);
    if (!isWhole(bytes)) {
      this.#target.skip(pending.line, damaged);
      return;
    }
    this.#session(pending).say(pending.dir, pending.micros, bytes);
  }

  /** The pointer is the monitor's, for all its clients: a greeting begins the next one's session. */
  #session({ monitor, micros, dir, text }: Pending): ImportedSession {
    const before = this.#sessions.get(monitor);
    const greets = dir === 's2c' && /^\{\s*"QMP"/.test(text);
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
