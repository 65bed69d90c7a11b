/**
 * libvirt's debug log as a conversation: joins the lines of a record, reads the probes that libvirt
 * writes at its monitors (`qemu_monitor.c`, `qemu_monitor_json.c`) and at the guest agent
 * (`qemu_agent.c`). Each is logged two or three times; only one of these is taken.
 */
import { isoTime } from '../../text/time.js';
import { AgentLog } from './libvirt-agent-log.js';
import { damaged, type Importer, ImportedTraffic, type ImportTarget } from '../import.js';
import { MonitorLog } from './libvirt-monitor-log.js';
import type { LogContext, LogRecord } from './libvirt-record.js';
import { continuation, type LogLine, parseLogLine } from './log-line.js';
import { isWhole, messageBytes } from '../wire.js';

/** A message of more than this is not libvirt's (`QEMU_MONITOR_MAX_RESPONSE` is 10 MiB). */
const maximumRecord = 64 * 2 ** 20;

/** libvirt's own log, syslog's and journald's text, KubeVirt's JSON lines. */
export class LibvirtLogImporter implements Importer {
  readonly #target: ImportTarget;
  readonly #monitors: MonitorLog;
  readonly #agents: AgentLog;
  #pending: LogRecord | undefined;
  #more: string[] = [];
  #length = 0;
  #begun = false;
  /** Syslog's times have none. */
  readonly #year: string;

  constructor(target: ImportTarget) {
    this.#target = target;
    this.#year = isoTime(target.started).slice(0, 4);
    const context: LogContext = {
      traffic: new ImportedTraffic(target),
      whole: (text, record) => this.#whole(text, record),
      machines: new Map(),
    };
    this.#monitors = new MonitorLog(context);
    this.#agents = new AgentLog(context);
  }

  line(text: string, number: number): void {
    // Files that went through other systems have `\r` at every line's end, pasted ones `^M` for it.
    const bare = text.endsWith('\r') ? text.slice(0, -1) : text.endsWith('^M') ? text.slice(0, -2) : text;
    const begun = parseLogLine(bare, this.#year);
    if (begun !== undefined) {
      this.#finish();
      this.#begun = true;
      if (isInteresting(begun)) this.#pending = { ...begun, line: number };
      return;
    }
    if (!this.#begun) {
      this.#target.skip(number, 'the rest of a record that began before the log did');
      return;
    }
    if (this.#pending === undefined) return;
    this.#length += bare.length;
    if (this.#length <= maximumRecord) this.#more.push(continuation(bare));
  }

  end(): void {
    this.#finish();
    this.#monitors.end();
    this.#agents.end();
  }

  #finish(): void {
    const record = this.#pending;
    if (record === undefined) return;
    const more = this.#more;
    const length = this.#length;
    this.#pending = undefined;
    this.#more = [];
    this.#length = 0;
    if (length > maximumRecord) {
      this.#target.skip(record.line, 'a record longer than any message of libvirt');
      return;
    }
    const joined = more.length === 0 ? record : { ...record, text: [record.text, ...more].join('\n') };
    if (/^\[[\d.]+[A-Z]* blob data\]$/.test(joined.text)) {
      this.#target.skip(
        record.line,
        'hidden by journalctl ("blob data"); write the log with journalctl --all',
      );
      return;
    }
    if (!this.#monitors.take(joined)) this.#agents.take(joined);
  }

  #whole(text: string, record: LogRecord): Uint8Array | undefined {
    const bytes = messageBytes(text);
    if (isWhole(bytes)) return bytes;
    this.#target.skip(record.line, damaged);
    return undefined;
  }
}

/** Most of a debug log is something else; only what may be needed is kept and joined. */
function isInteresting({ place, text }: LogLine): boolean {
  return (
    text.startsWith('QEMU_MONITOR_') ||
    text.startsWith('Line [') ||
    text.startsWith('Connect monitor to ') ||
    text.startsWith('Entering ') ||
    text.startsWith('Send command ') ||
    text.startsWith('[') ||
    place.startsWith('qemuAgent')
  );
}
