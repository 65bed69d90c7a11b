/**
 * The monitors in libvirt's log. What is on the wire is QEMU_MONITOR_IO_WRITE and RECV_REPLY/EVENT;
 * SEND_MSG only queues, and stands in where a log has no writes. A monitor is a pointer between NEW
 * and CLOSE, since pointers are used again.
 */
import type { ImportedSession } from '../import.js';
import { objectStart, valueEnd } from '../reading/json-text.js';
import { binaryText } from '../wire.js';
import type { LogContext, LogRecord } from './libvirt-record.js';
import { lockHolder, machineOf, monitorEnd, type MonitorEnd } from './libvirt-trouble.js';

interface Sent {
  readonly record: LogRecord;
  readonly text: string;
  fds: number;
}

/** Taken apart only if it is needed: a log that has what was written needs it for none. */
interface Queued {
  readonly record: LogRecord;
  /** What follows the probe's name. */
  readonly rest: string;
}

/** A message, and the record that tells of it. */
interface Said {
  readonly dir: 'c2s' | 's2c';
  readonly text: string;
  readonly record: LogRecord;
  /** Descriptors that came with it. */
  readonly fds?: number;
}

interface Monitor {
  readonly name: string;
  label: string | undefined;
  opened: number | undefined;
  session: ImportedSession | undefined;
  greeted: boolean;
  /** Queued by SEND_MSG, and not seen on the wire. */
  queued: Queued | undefined;
  /** Written; whether a descriptor went along is told by the next record. */
  written: Sent | undefined;
  /** The pieces of a write that took several calls. */
  partial: string;
  /** When the last message was. */
  said: number | undefined;
  /** Commands without a response. */
  waiting: number;
  /** libvirt found the other side gone. */
  end: (MonitorEnd & { readonly micros: number | undefined }) | undefined;
  /** What libvirt said of the machine before the first message. */
  remarks: LogRecord[];
  /** Messages that came before it was known whose monitor it is, where only one machine is wanted. */
  held: { readonly record: LogRecord; readonly say: () => void }[];
}

/** `_NAME: mon=0x… rest`. */
const probe = /^QEMU_MONITOR_([A-Z_]+): (?:refs=\d+ )?mon=(0x[0-9a-f]+) ?/;

/** The greeting, since libvirt 10 with its monitor, whose `0x` is printed twice. */
const line = /^(?:mon=(?:0x)?(0x[0-9a-f]+) line=|Line )\[/;

const note = 'from a log of libvirt: exact white space is not known, times are to the millisecond';

/** The most messages held until their machine is known: events come without a name, and a command with one. */
const maximumHeld = 1000;

/** The most errors noted for one machine; a hang repeats one of them for hours. */
const maximumRemarks = 100;

export class MonitorLog {
  readonly #context: LogContext;
  readonly #monitors = new Map<string, Monitor>();
  /** Names of machines, by the pointer of their monitor. */
  readonly #names = new Map<string, string>();
  /** A greeting may not tell whose it is; the next record of its thread does. */
  readonly #greetings = new Map<string, LogRecord>();
  /** The monitor that a thread had to do with last. */
  readonly #threads = new Map<string, Monitor>();
  /** The log has what was written, so that what was only queued never was. */
  #hasWrites = false;

  constructor(context: LogContext) {
    this.#context = context;
  }

  /** Whether the record is about a monitor. */
  take(record: LogRecord): boolean {
    const { text, place, thread, level } = record;
    const found = probe.exec(text);
    if (found !== null) {
      const [head, what = '', pointer = ''] = found;
      this.#probe(what, pointer, text.slice(head.length), record);
      return true;
    }
    const printed = line.exec(text);
    if (printed !== null) {
      if (place.startsWith('qemuAgent')) return false;
      const pointer = printed[1];
      const isGreeting = /^\[\s*\{"QMP"/.test(text.slice(printed[0].length - 1));
      if (isGreeting && pointer !== undefined)
        this.#say(this.#monitor(pointer), { dir: 's2c', text: jsonOf(text), record });
      else if (isGreeting) this.#greetings.set(thread, record);
      return place !== '' || isGreeting;
    }
    const end = monitorEnd(record);
    if (end !== undefined) this.#lost(end, record);
    if (level === 'error' || level === 'warning') {
      this.#trouble(record);
      return true;
    }
    if (end !== undefined) return true;
    const named = /^(?:Connect monitor to|Entering monitor) .*?name='?([^')]+)'?/.exec(text);
    if (named === null) return false;
    const name = binaryText(named[1] ?? '');
    const pointer = /mon=(0x[0-9a-f]+)/.exec(text)?.[1];
    this.#context.machines.set(thread, name);
    if (pointer !== undefined) this.#name(pointer, name);
    return true;
  }

  #name(pointer: string, name: string): void {
    this.#names.set(pointer, name);
    const monitor = this.#monitors.get(pointer);
    if (monitor === undefined || monitor.held.length === 0) return;
    const held = monitor.held.splice(0);
    monitor.label ??= name;
    for (const { say } of held) say();
  }

  gap(): void {
    for (const monitor of this.#monitors.values()) {
      this.#flush(monitor);
      monitor.session?.gap();
    }
  }

  /** `latest`: the log's last time, up to which what has no answer has waited. */
  end(latest: number | undefined): void {
    for (const monitor of this.#monitors.values()) this.#close(monitor, latest, 'cut-off');
  }

  #probe(what: string, pointer: string, rest: string, record: LogRecord): void {
    if (what === 'NEW') {
      this.#forget(pointer, record);
      const label = record.thread === '' ? undefined : this.#context.machines.get(record.thread);
      this.#monitors.set(pointer, { ...newMonitor(pointer), label, opened: record.micros });
      return;
    }
    if (what === 'CLOSE') {
      this.#forget(pointer, record);
      return;
    }
    const monitor = this.#monitor(pointer);
    if (record.thread !== '' && what !== 'SEND_MSG') this.#threads.set(record.thread, monitor);
    if (what !== 'SEND_MSG') this.#greet(monitor, record);
    switch (what) {
      case 'SEND_MSG': {
        this.#flush(monitor);
        // Another command can only be queued after the one before was answered, so that was sent.
        this.#sayQueued(monitor);
        monitor.queued = { record, rest };
        break;
      }
      case 'IO_WRITE':
        this.#hasWrites = true;
        this.#write(monitor, rest, record);
        break;
      case 'IO_SEND_FD':
        if (monitor.written && / ret=[1-9]/.test(rest)) monitor.written.fds = 1;
        break;
      case 'RECV_REPLY': {
        this.#flush(monitor);
        const text = jsonOf(rest);
        if (monitor.queued !== undefined && mayAnswer(text, monitor.queued.rest)) this.#sayQueued(monitor);
        this.#say(monitor, { dir: 's2c', text, record });
        monitor.waiting = Math.max(0, monitor.waiting - 1);
        break;
      }
      case 'RECV_EVENT':
        this.#flush(monitor);
        this.#say(monitor, { dir: 's2c', text: jsonOf(rest), record });
        break;
      case 'IO_PROCESS':
        // Logs up to libvirt 2 have the raw input here, and no `Line` with the greeting.
        if (!monitor.greeted && rest.includes('{"QMP"'))
          this.#say(monitor, { dir: 's2c', text: jsonOf(rest), record });
        break;
    }
  }

  #write(monitor: Monitor, rest: string, record: LogRecord): void {
    this.#flush(monitor);
    const at = rest.lastIndexOf(' len=');
    const counts = / len=(\d+) ret=(-?\d+)/.exec(rest.slice(Math.max(0, at)));
    const length = Number(counts?.[1] ?? 0);
    const written = Number(counts?.[2] ?? length);
    const text = rest.slice('buf='.length, at < 0 ? undefined : at);
    if (counts !== null && written < length) {
      if (written > 0) monitor.partial += text.slice(0, written);
      return;
    }
    monitor.queued = undefined;
    monitor.written = { record, text: jsonOf(monitor.partial + text), fds: 0 };
    monitor.partial = '';
  }

  #flush(monitor: Monitor): void {
    const { written } = monitor;
    monitor.written = undefined;
    if (written === undefined) return;
    monitor.waiting += 1;
    this.#say(monitor, { dir: 'c2s', ...written });
  }

  /** It was queued before, but it may have been written after what came since. */
  #sayQueued(monitor: Monitor): void {
    const { queued, said } = monitor;
    monitor.queued = undefined;
    if (queued === undefined) return;
    const micros = Math.max(queued.record.micros ?? 0, said ?? 0) || undefined;
    monitor.waiting += 1;
    const [text, after] = jsonAndRest(queued.rest);
    const fd = Number(/ fd=(-?\d+)/.exec(after)?.[1] ?? -1);
    this.#say(monitor, { dir: 'c2s', text, record: { ...queued.record, micros }, fds: fd >= 0 ? 1 : 0 });
  }

  #greet(monitor: Monitor, { thread }: LogRecord): void {
    const greeting = this.#greetings.get(thread);
    if (greeting === undefined) return;
    this.#greetings.delete(thread);
    this.#say(monitor, { dir: 's2c', text: jsonOf(greeting.text), record: greeting });
  }

  #say(monitor: Monitor, said: Said): void {
    const { dir, text, record, fds = 0 } = said;
    monitor.label ??= this.#names.get(monitor.name);
    if (dir === 's2c' && monitor.label !== undefined && record.thread !== '') {
      this.#context.machines.set(record.thread, monitor.label);
    }
    const { wanted } = this.#context;
    if (wanted !== undefined && monitor.label !== wanted) {
      if (monitor.label === undefined)
        this.#hold(monitor, record, () => {
          this.#say(monitor, said);
        });
      return;
    }
    const bytes = this.#context.whole(`${text}\r\n`, record);
    if (bytes === undefined) return;
    if (text.startsWith('{"QMP"')) monitor.greeted = true;
    monitor.said = record.micros ?? monitor.said;
    this.#session(monitor, record).say(dir, record.micros, bytes, fds);
  }

  #hold(monitor: Monitor, record: LogRecord, say: () => void): void {
    if (monitor.held.push({ record, say }) > maximumHeld) this.#leaveOut(monitor.held.splice(0));
  }

  #leaveOut(held: Monitor['held']): void {
    for (const { record } of held)
      this.#context.leaveOut(record, 'a message of a monitor whose machine the log does not tell');
  }

  #session(monitor: Monitor, { micros }: LogRecord): ImportedSession {
    if (monitor.session === undefined) {
      const { opened, remarks } = monitor;
      monitor.label ??= this.#names.get(monitor.name);
      monitor.session = this.#context.traffic.open({
        label: monitor.label,
        dialect: 'qmp',
        server: `monitor ${monitor.name}`,
        started: opened ?? micros,
        note,
      });
      for (const record of remarks) monitor.session.remark(record.micros, troubleText(record));
    }
    return monitor.session;
  }

  /** libvirt's own errors and warnings about a machine are told where its conversation is. */
  #trouble(record: LogRecord): void {
    const machine = machineOf(record.text);
    if (machine !== undefined) this.#context.machines.set(record.thread, machine);
    const name = machine ?? this.#context.machines.get(record.thread);
    for (const monitor of this.#concerned(name, record)) {
      if (monitor.remarks.push(record) > maximumRemarks) monitor.remarks.pop();
      else monitor.session?.remark(record.micros, troubleText(record));
    }
  }

  #concerned(name: string | undefined, { text, thread }: LogRecord): readonly Monitor[] {
    const open = [...this.#monitors.values()];
    const of = (machine: string): Monitor[] =>
      open.filter((monitor) => (monitor.label ?? this.#names.get(monitor.name)) === machine);
    const own = this.#threads.get(thread);
    if (name !== undefined && of(name).length > 0) return of(name);
    const holder = lockHolder(text);
    if (holder !== undefined) {
      const held = open.filter(({ waiting, queued }) => waiting > 0 || queued !== undefined);
      return held.length > 0 ? held : open;
    }
    if (name !== undefined) return [];
    return /monitor/i.test(text) ? (own !== undefined ? [own] : open.length === 1 ? open : []) : [];
  }

  /** libvirt read the end of the monitor, or could not read it any more. */
  #lost(end: MonitorEnd, { micros, text, thread }: LogRecord): void {
    const pointer = /mon=(0x[0-9a-f]+)/.exec(text)?.[1];
    const all = [...this.#monitors.values()];
    const name = machineOf(text);
    const monitor =
      (pointer === undefined ? undefined : this.#monitors.get(pointer)) ??
      this.#threads.get(thread) ??
      all.find(({ label }) => name !== undefined && label === name) ??
      (all.length === 1 ? all[0] : undefined);
    // The first that is told has the reason.
    if (monitor !== undefined) monitor.end ??= { ...end, micros };
  }

  #monitor(pointer: string): Monitor {
    let monitor = this.#monitors.get(pointer);
    if (monitor === undefined) {
      monitor = newMonitor(pointer);
      this.#monitors.set(pointer, monitor);
    }
    return monitor;
  }

  #forget(pointer: string, { micros }: LogRecord): void {
    const monitor = this.#monitors.get(pointer);
    if (monitor !== undefined) {
      this.#close(monitor, micros, 'client-closed');
      for (const [thread, one] of this.#threads) if (one === monitor) this.#threads.delete(thread);
    }
    this.#monitors.delete(pointer);
    this.#names.delete(pointer);
  }

  #close(monitor: Monitor, micros: number | undefined, how: 'client-closed' | 'cut-off'): void {
    this.#flush(monitor);
    this.#leaveOut(monitor.held.splice(0));
    const { wanted } = this.#context;
    if (wanted !== undefined && monitor.label !== wanted) return;
    const { queued, end } = monitor;
    if (this.#hasWrites && queued !== undefined) {
      monitor.queued = undefined;
      this.#session(monitor, queued.record).remark(
        queued.record.micros,
        `queued by libvirt and never sent: ${binaryText(jsonOf(queued.rest))}`,
      );
    } else this.#sayQueued(monitor);
    if (end !== undefined) monitor.session?.close(end.micros ?? micros, end.end, end.reason);
    else monitor.session?.close(micros, how, how === 'cut-off' ? 'the log ends here' : undefined);
  }
}

function newMonitor(name: string): Monitor {
  return {
    name,
    label: undefined,
    opened: undefined,
    session: undefined,
    greeted: false,
    queued: undefined,
    written: undefined,
    partial: '',
    said: undefined,
    waiting: 0,
    end: undefined,
    remarks: [],
    held: [],
  };
}

function troubleText({ level, text }: LogRecord): string {
  return `libvirt ${level}: ${binaryText(text)}`;
}

/** The message in a record, up to where its value ends; all that is left where it does not end. */
function jsonOf(text: string): string {
  return jsonAndRest(text)[0];
}

function jsonAndRest(text: string): readonly [json: string, rest: string] {
  const start = text.indexOf('{');
  if (start < 0) return [text, ''];
  // A log that was escaped once more has other braces that a message could begin with.
  const end = objectStart(text) === start ? valueEnd(text, start) : undefined;
  return end === undefined
    ? [text.slice(start), text.slice(start)]
    : [text.slice(start, end), text.slice(end)];
}

/** Whether a response may be to this command: their ids do not tell otherwise. */
function mayAnswer(response: string, command: string): boolean {
  const id = (text: string): string | undefined =>
    /"id":\s*"(libvirt-\d+)"\s*\}?\s*$/.exec(text)?.[1] ?? /"id":\s*"(libvirt-\d+)"/.exec(text)?.[1];
  const [asked, answered] = [id(command), id(response)];
  return asked === undefined || answered === undefined || asked === answered;
}
