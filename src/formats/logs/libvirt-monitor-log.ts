/**
 * The monitors in libvirt's log. What is on the wire is QEMU_MONITOR_IO_WRITE and RECV_REPLY/EVENT;
 * SEND_MSG only queues, and stands in where a log has no writes. A monitor is a pointer between NEW
 * and CLOSE, since pointers are used again.
 */
import type { ImportedSession } from '../import.js';
import type { LogContext, LogRecord } from './libvirt-record.js';
import { binaryText } from '../wire.js';

interface Sent {
  readonly record: LogRecord;
  readonly text: string;
  fds: number;
}

interface Monitor {
  readonly name: string;
  label: string | undefined;
  opened: number | undefined;
  session: ImportedSession | undefined;
  greeted: boolean;
  /** Queued by SEND_MSG, and not seen on the wire. */
  queued: Sent | undefined;
  /** Written; whether a descriptor went along is told by the next record. */
  written: Sent | undefined;
  /** The pieces of a write that took several calls. */
  partial: string;
  latest: number | undefined;
  /** When the last message was. */
  said: number | undefined;
}

/** `_NAME: mon=0x… rest`. */
const probe = /^QEMU_MONITOR_([A-Z_]+): (?:refs=\d+ )?mon=(0x[0-9a-f]+) ?/;

const note = 'from a log of libvirt: exact white space is not known, times are to the millisecond';

export class MonitorLog {
  readonly #context: LogContext;
  readonly #monitors = new Map<string, Monitor>();
  /** Names of machines, by the pointer of their monitor. */
  readonly #names = new Map<string, string>();
  /** A greeting does not tell whose it is; the next record of its thread does. */
  readonly #greetings = new Map<string, LogRecord>();

  constructor(context: LogContext) {
    this.#context = context;
  }

  /** Whether the record is about a monitor. */
  take(record: LogRecord): boolean {
    const { text, place, thread } = record;
    const found = probe.exec(text);
    if (found !== null) {
      const [head, what = '', pointer = ''] = found;
      this.#probe(what, pointer, text.slice(head.length), record);
      return true;
    }
    if (text.startsWith('Line [')) {
      if (place.startsWith('qemuAgent')) return false;
      if (/^Line \[\s*\{"QMP"/.test(text)) this.#greetings.set(thread, record);
      return place !== '' || this.#greetings.get(thread) === record;
    }
    const named = /^(?:Connect monitor to|Entering monitor) .*?name='?([^')]+)'?/.exec(text);
    if (named === null) return false;
    const name = binaryText(named[1] ?? '');
    const pointer = /mon=(0x[0-9a-f]+)/.exec(text)?.[1];
    if (pointer === undefined) this.#context.machines.set(thread, name);
    else this.#names.set(pointer, name);
    return true;
  }

  end(): void {
    for (const monitor of this.#monitors.values())
      this.#close(monitor, undefined, 'cut-off', 'the log ends here');
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
    monitor.latest = record.micros ?? monitor.latest;
    if (what !== 'SEND_MSG') this.#greet(monitor, record);
    switch (what) {
      case 'SEND_MSG': {
        const at = rest.lastIndexOf('fd=');
        const fd = at < 0 ? -1 : Number.parseInt(rest.slice(at + 3), 10);
        monitor.queued = {
          record,
          text: message(rest.slice(4, at < 0 ? undefined : at)),
          fds: fd >= 0 ? 1 : 0,
        };
        break;
      }
      case 'IO_WRITE':
        this.#write(monitor, rest, record);
        break;
      case 'IO_SEND_FD':
        if (monitor.written && / ret=[1-9]/.test(rest)) monitor.written.fds = 1;
        break;
      case 'RECV_REPLY':
        this.#flush(monitor);
        this.#sayQueued(monitor);
        this.#say(monitor, 's2c', { record, text: message(rest.slice('reply='.length)), fds: 0 });
        break;
      case 'RECV_EVENT':
        this.#flush(monitor);
        this.#say(monitor, 's2c', { record, text: message(rest.slice('event='.length)), fds: 0 });
        break;
      case 'IO_PROCESS': {
        // Logs up to libvirt 2 have the raw input here, and no `Line` with the greeting.
        const greeting = /\{"QMP".*/.exec(rest)?.[0];
        if (greeting !== undefined && !monitor.greeted) {
          monitor.greeted = true;
          this.#say(monitor, 's2c', { record, text: message(greeting), fds: 0 });
        }
        break;
      }
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
    monitor.written = { record, text: message(monitor.partial + text), fds: 0 };
    monitor.partial = '';
  }

  #flush(monitor: Monitor): void {
    const { written } = monitor;
    monitor.written = undefined;
    if (written) this.#say(monitor, 'c2s', written);
  }

  /** It was queued before, but it may have been written after what came since. */
  #sayQueued(monitor: Monitor): void {
    const { queued, said } = monitor;
    monitor.queued = undefined;
    if (queued === undefined) return;
    const micros = Math.max(queued.record.micros ?? 0, said ?? 0);
    this.#say(monitor, 'c2s', { ...queued, record: { ...queued.record, micros: micros || undefined } });
  }

  #greet(monitor: Monitor, { thread }: LogRecord): void {
    const greeting = this.#greetings.get(thread);
    if (greeting === undefined) return;
    this.#greetings.delete(thread);
    monitor.greeted = true;
    const text = greeting.text.slice('Line ['.length).replace(/\]\s*$/, '');
    this.#say(monitor, 's2c', { record: greeting, text: message(text), fds: 0 });
  }

  #say(monitor: Monitor, dir: 'c2s' | 's2c', { record, text, fds }: Sent): void {
    const bytes = this.#context.whole(`${text}\r\n`, record);
    if (bytes === undefined) return;
    monitor.label ??= this.#names.get(monitor.name);
    if (dir === 's2c' && monitor.label !== undefined && record.thread !== '') {
      this.#context.machines.set(record.thread, monitor.label);
    }
    monitor.session ??= this.#context.traffic.open({
      label: monitor.label,
      dialect: 'qmp',
      server: `monitor ${monitor.name}`,
      started: monitor.opened ?? record.micros,
      note,
    });
    monitor.said = record.micros ?? monitor.said;
    monitor.session.say(dir, record.micros, bytes, fds);
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
    if (monitor !== undefined) this.#close(monitor, micros, 'client-closed', undefined);
    this.#monitors.delete(pointer);
    this.#names.delete(pointer);
  }

  #close(
    monitor: Monitor,
    micros: number | undefined,
    end: 'client-closed' | 'cut-off',
    reason: string | undefined,
  ): void {
    this.#flush(monitor);
    this.#sayQueued(monitor);
    monitor.session?.close(micros ?? monitor.latest, end, reason);
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
    latest: undefined,
    said: undefined,
  };
}

/** Without what stands for the line's end: itself, `^M` as pasted, `#015#012` as rsyslog writes. */
function message(text: string): string {
  // One after the other: a pattern for all of them would try at each space of a text that has many.
  for (let bare = text.trimEnd(); ;) {
    const end = lineEnds.find((one) => bare.endsWith(one));
    if (end === undefined) return bare;
    bare = bare.slice(0, -end.length).trimEnd();
  }
}

const lineEnds = ['^M', '#015', '#012'];
