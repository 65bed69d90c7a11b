/**
 * libvirt's debug log as a conversation: joins the lines of a record, reads the probes that libvirt
 * writes at its monitors (`qemu_monitor.c`, `qemu_monitor_json.c`) and at the guest agent
 * (`qemu_agent.c`). Each is logged two or three times; only one of these is taken.
 */
import { damaged, type ImportedTraffic, type Importer, type ImportTarget } from '../import.js';
import type { Clock } from '../reading/clock.js';
import { isStandardJson } from '../reading/json-text.js';
import type { LogLine } from '../reading/line.js';
import { type LogReader, openLog } from '../reading/log-reader.js';
import { isWhole, messageBytes } from '../wire.js';
import { AgentLog } from './libvirt-agent-log.js';
import { MonitorLog } from './libvirt-monitor-log.js';
import { ownLine, timeLength } from './libvirt-own-line.js';
import { beginRecord, goesOn, isInteresting, type LogContext, type LogRecord } from './libvirt-record.js';

/** A message of more than this is not libvirt's (`QEMU_MONITOR_MAX_RESPONSE` is 10 MiB). */
const maximumRecord = 64 * 2 ** 20;

/** libvirt's own log, syslog's and journald's text, KubeVirt's JSON lines, copied, searched or quoted. */
export class LibvirtLogImporter implements Importer {
  readonly #target: ImportTarget;
  readonly #traffic: ImportedTraffic;
  readonly #clock: Clock;
  readonly #reader: LogReader;
  /** One for each log that is in the file. */
  readonly #logs = new Map<string, OneLog>();
  /** That of the lines that nothing stands before. */
  readonly #own: OneLog;
  #last: OneLog | undefined;
  /** The line before was of libvirt's own form. */
  #isOwn = false;
  /** The line of libvirt's own form that came last: its time is read only if it is the end. */
  #lastOwn = '';

  constructor(target: ImportTarget) {
    const { traffic, clock, reader } = openLog(
      target,
      (line) => {
        this.#take(line);
      },
      () => this.#logs.values(),
    );
    this.#target = target;
    this.#traffic = traffic;
    this.#clock = clock;
    this.#reader = reader;
    this.#own = this.#log('');
  }

  line(text: string, number: number): void {
    // Most lines are of this form, and about something else.
    const own = ownLine(text);
    const log = this.#own;
    if (own === undefined) {
      // The end of a command's line lies inside of it.
      if (this.#last === log && this.#isOwn && goesOn(text)) log.goOn(withoutReturn(text), number);
      else {
        this.#isOwn = false;
        this.#reader.line(text, number);
      }
      return;
    }
    const matters = isInteresting(own);
    // What came from a page or a terminal has more in it than the line.
    if (matters && (text.includes('\x1b') || (text.includes('&') && /&(?:quot|#34|#x22);/.test(text)))) {
      this.#isOwn = false;
      this.#reader.line(text, number);
      return;
    }
    this.#reader.interrupt();
    this.#lastOwn = text;
    this.#last = log;
    this.#isOwn = true;
    log.finish();
    if (!matters) return;
    const { thread, level, place } = own;
    const micros = this.#clock.read(text.slice(0, timeLength));
    log.begin({ text: own.text, thread, level, place, line: number, micros });
  }

  end(): void {
    this.#reader.end();
    if (this.#lastOwn !== '') this.#own.reach(this.#clock.read(this.#lastOwn.slice(0, timeLength)));
    for (const log of this.#logs.values()) log.end();
  }

  #take(line: LogLine): void {
    // A line that does not say whose it is goes on with the one before.
    const log =
      line.source === '' && line.micros === undefined ? (this.#last ?? this.#own) : this.#log(line.source);
    this.#last = log;
    const record = beginRecord(line, (prefix) => this.#clock.find(prefix));
    if (record === undefined) {
      log.goOn(line.text, line.number);
      return;
    }
    log.finish();
    log.reach(record.micros);
    if (isInteresting(record)) log.begin(record);
  }

  #log(source: string): OneLog {
    let log = this.#logs.get(source);
    if (log === undefined) {
      log = new OneLog(this.#target, this.#traffic);
      this.#logs.set(source, log);
    }
    return log;
  }
}

/** The log of one libvirt: pointers and threads in it mean something only there. */
class OneLog {
  readonly #target: ImportTarget;
  readonly #monitors: MonitorLog;
  readonly #agents: AgentLog;
  #pending: LogRecord | undefined;
  #more: string[] = [];
  #length = 0;
  #begun = false;
  #latest: number | undefined;

  constructor(target: ImportTarget, traffic: ImportedTraffic) {
    this.#target = target;
    const context: LogContext = {
      traffic,
      whole: (text, record) => this.#whole(text, record),
      wanted: target.machine,
      leaveOut: ({ line }, why) => {
        target.skip(line, why);
      },
      machines: new Map(),
    };
    this.#monitors = new MonitorLog(context);
    this.#agents = new AgentLog(context);
  }

  begin(record: LogRecord): void {
    this.#begun = true;
    this.#pending = record;
  }

  /** A line that goes on with the record before. */
  goOn(text: string, number: number): void {
    if (!this.#begun) {
      if (text.trim() !== '') this.#target.skip(number, 'the rest of a record that began before the log did');
      return;
    }
    if (this.#pending === undefined) return;
    this.#length += text.length;
    if (this.#length <= maximumRecord) this.#more.push(text);
  }

  /** The record is complete: another one begins. */
  finish(): void {
    this.#begun = true;
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
    const joined = more.length === 0 ? record : withText(record, `${record.text}\n${more.join('\n')}`);
    if (joined.text.startsWith('[') && /^\[[\d.]+[A-Z]* blob data\]$/.test(joined.text)) {
      this.#target.skip(
        record.line,
        'hidden by journalctl ("blob data"); write the log with journalctl --all',
      );
      return;
    }
    this.reach(record.micros);
    if (!this.#monitors.take(joined)) this.#agents.take(joined);
  }

  gap(): void {
    this.finish();
    this.#monitors.gap();
    this.#agents.gap();
  }

  /** The log goes at least to this time. */
  reach(micros: number | undefined): void {
    if (micros !== undefined) this.#latest = micros;
  }

  end(): void {
    this.finish();
    this.#monitors.end(this.#latest);
    this.#agents.end(this.#latest);
  }

  #whole(text: string, record: LogRecord): Uint8Array | undefined {
    const bytes = messageBytes(text);
    if (isStandardJson(text) || isWhole(bytes)) return bytes;
    this.#target.skip(record.line, damaged);
    return undefined;
  }
}

/** Spelled out: a spread of an object takes several times as long. */
function withText({ line, micros, thread, place, level }: LogRecord, text: string): LogRecord {
  return { line, text, micros, thread, place, level };
}

function withoutReturn(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}

/** Whether a file with these lines is libvirt's; its monitors may come later. */
export function isLibvirtLog(lines: readonly string[]): boolean {
  return lines.some((line) => probes.test(line) || ownLine(line) !== undefined || syslog.test(line));
}

const probes = /QEMU_MONITOR_[A-Z_]+: (?:refs=\d+ )?mon=0x|: (?:debug|info) : qemuAgent\w+:\d+ : /;
const syslog =
  /(?:libvirtd|virtqemud)(?:\[\d+\])?: (?:(?:\d+: )?(?:debug|info|warning|error) : |\[[\d.]+[A-Z]* blob data\])/;
