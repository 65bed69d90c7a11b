/**
 * The beginnings of lines in libvirt's logs: its own form, syslog's and journald's, KubeVirt's JSON. What
 * follows is the same in all. Knows nothing of the conversation.
 */
import { parseIsoTime } from '../../text/time.js';

/** A line that begins a record. */
export interface LogLine {
  /** Microseconds since 1970; undefined where the line has no time. */
  readonly micros: number | undefined;
  /** The thread that wrote it; empty where the line does not say. */
  readonly thread: string;
  /** The C function; empty where the line does not say. */
  readonly place: string;
  readonly text: string;
}

/** `2026-11-20 09:11:32.952+0000: 7288: info : qemuMonitorSend:861 : text` (`virLogFormatString`). */
const own =
  /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}[+-]\d{4}): (\d+): (?:debug|info|warning|error) : (?:(\w+):\d+ : )?/;

/** `Nov 20 09:11:32 host libvirtd[812]: text`, also with a time as in ISO 8601. */
const syslog =
  /^(?:([A-Z][a-z]{2}) ([ \d]\d) (\d\d:\d\d:\d\d)|(\d{4}-\d\d-\d\dT[\d:.,]+(?:Z|[+-]\d\d:?\d\d))) \S+ (?:libvirtd|virtqemud|virt-launcher|virtlogd|qemu)[\w.-]*(?:\[(\d+)\])?: /;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The line's parts, or undefined where it goes on with the record before it; `year` is for syslog. */
export function parseLogLine(line: string, year: string): LogLine | undefined {
  if (line.startsWith('{')) return kubevirt(line);
  if (line.startsWith('QEMU_MONITOR_')) return { micros: undefined, thread: '', place: '', text: line };
  const found = own.exec(line);
  if (found !== null) {
    const [head, time = '', thread = '', place = ''] = found;
    return { micros: parseIsoTime(time), thread, place, text: line.slice(head.length) };
  }
  const other = syslog.exec(line);
  if (other === null) return undefined;
  const [head, month, day = '', clock, iso] = other;
  const date = month === undefined ? '' : String(months.indexOf(month) + 1).padStart(2, '0');
  const micros = parseIsoTime(iso ?? `${year}-${date}-${day.replace(' ', '0')}T${clock ?? ''}Z`);
  // The process of journald's form is not the thread; nothing tells the threads apart.
  const text = line.slice(head.length).replace(/^(\w+):\d+ : /, '');
  return { micros, thread: '', place: '', text };
}

/** `{"component":"virt-launcher","msg":"…","pos":"qemuMonitorSend:861","thread":"47","timestamp":"…"}`. */
function kubevirt(line: string): LogLine | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || !('msg' in parsed)) return undefined;
  const { msg, timestamp, thread, pos } = parsed as Record<string, unknown>;
  if (typeof msg !== 'string') return undefined;
  // KubeVirt reads line by line, so the rest of a record that has a line feed is a line of its own.
  if (/^\s+(?:len|fd)=/.test(msg)) return undefined;
  return {
    micros: typeof timestamp === 'string' ? parseIsoTime(timestamp) : undefined,
    thread: typeof thread === 'string' ? thread : '',
    place: typeof pos === 'string' ? (pos.split(':')[0] ?? '') : '',
    text: msg,
  };
}

/** What a continuation line adds: of KubeVirt's, the message in it. */
export function continuation(line: string): string {
  if (!line.startsWith('{"')) return line;
  try {
    const { msg } = JSON.parse(line) as { msg?: unknown };
    return typeof msg === 'string' ? msg : line;
  } catch {
    return line;
  }
}
