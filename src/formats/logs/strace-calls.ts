/** The calls in strace's output that move bytes: put together where they were interrupted, their strings unescaped. */
import type { Clock } from '../reading/clock.js';

export interface Call {
  readonly name: string;
  readonly fd: string;
  readonly micros: number | undefined;
  /** Undefined for a call that moves nothing. */
  readonly way: 'in' | 'out' | undefined;
  /** What was moved, a binary string. */
  readonly data: string;
  /** strace shows only the beginning of a string (`-s`). */
  readonly isCut: boolean;
  /** Descriptors that went along. */
  readonly fds: number;
}

/** `1234 10:00:00.123456 `, `[pid 1234] 1714000001.123456 `: `-f`, and `-t` to `-ttt`. */
const head = /^(?:\[pid +(\d+)\] |(\d+) +)?(?:(\d{1,2}:\d\d:\d\d(?:\.\d+)?|1\d{9}\.\d+) )?/;
const begin = /^(?:<\.\.\. (\w+) resumed> ?|(\w+)\()/;
const result = /\)\s*= (-?\d+)(?:<[^>]*>)?(?: .*)?$/;

const ways: Readonly<Record<string, Call['way']>> = {
  read: 'in',
  readv: 'in',
  recvfrom: 'in',
  recvmsg: 'in',
  recv: 'in',
  write: 'out',
  writev: 'out',
  sendto: 'out',
  sendmsg: 'out',
  send: 'out',
};

const string = /"((?:[^"\\]|\\.)*)"(\.\.\.)?/g;

export class StraceCalls {
  readonly #clock: Clock;
  readonly #give: (call: Call, number: number) => void;
  /** What a call began with before it was interrupted, by its process. */
  readonly #unfinished = new Map<string, string>();

  constructor(clock: Clock, give: (call: Call, number: number) => void) {
    this.#clock = clock;
    this.#give = give;
  }

  line(line: string, number: number): void {
    const [all = '', inBrackets, first, time] = head.exec(line) ?? [];
    const pid = inBrackets ?? first ?? '';
    let text = line.slice(all.length).trimEnd();
    const begun = begin.exec(text);
    if (begun === null) return;
    const unfinished = /\s*<unfinished \.\.\.>$/.exec(text);
    if (begun[1] !== undefined) {
      const before = this.#unfinished.get(pid);
      this.#unfinished.delete(pid);
      if (before === undefined) return;
      text = before + text.slice(begun[0].length);
    }
    if (unfinished !== null) {
      this.#unfinished.set(pid, text.slice(0, text.length - unfinished[0].length));
      return;
    }
    const call = callOf(text);
    if (call !== undefined)
      this.#give(
        { ...call, micros: time === undefined ? undefined : this.#clock.read(time.padStart(8, '0')) },
        number,
      );
  }
}

function callOf(text: string): Omit<Call, 'micros'> | undefined {
  const [, name = '', fd = ''] = /^(\w+)\((\d+)/.exec(text) ?? [];
  if (name === 'close' && fd !== '') return { name, fd, way: undefined, data: '', isCut: false, fds: 0 };
  const way = ways[name];
  const moved = Number(result.exec(text)?.[1] ?? -1);
  if (way === undefined || fd === '' || moved <= 0) return undefined;
  // A message's address and descriptors are no data.
  const [payload = '', control = ''] = text.split('msg_control=');
  const isMessage = name.endsWith('msg');
  const parts = Array.from((isMessage ? payload.slice(payload.indexOf('msg_iov=')) : text).matchAll(string));
  const data = parts.map(([, escaped = '']) => unescaped(escaped)).join('');
  const rights = /SCM_RIGHTS, cmsg_data=\[([^\]]*)\]/.exec(control)?.[1];
  const fds = rights === undefined ? 0 : rights.split(',').length;
  const isCut = parts.some(([, , more]) => more !== undefined) || data.length < moved;
  return { name, fd, way, data: data.slice(0, moved), isCut, fds };
}

const plain: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  f: '\f',
  a: '\x07',
  b: '\b',
};

/** As C escapes: octal numbers, or hexadecimal ones with `-x`. */
function unescaped(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-f]{2})|([0-7]{1,3})|(.))/g,
    (_all, hex?: string, octal?: string, other = '') => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
      return plain[other as string] ?? (other as string);
    },
  );
}
