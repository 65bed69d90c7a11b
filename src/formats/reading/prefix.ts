/**
 * What can stand before a line of a log, because somebody printed, collected, searched or quoted it. One table:
 * each row takes one such thing off the beginning, as often as there is one.
 */
import { anyTime, type Clock } from './clock.js';
import { levelOf, unwrapJson, type Wrapped } from './wrapped-json.js';

/** What a row makes of a beginning that it knows. */
type Taken = Wrapped | undefined;

interface Row {
  /** Names it for the reader of this table. */
  readonly what: string;
  /** Anchored at the beginning. */
  readonly pattern: RegExp;
  /** `rest`: what follows the match. Undefined: it is not what it looked like. */
  readonly take: (found: RegExpExecArray, rest: string, clock: Clock) => Taken;
}

/** With what a line of a known log or a message begins: so what stands before it is a prefix. */
const recordStart = [
  String.raw`\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:`,
  String.raw`[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:`,
  String.raw`\{(?:["'\s]|$)`,
  String.raw`(?:->|<-)\s*\{`,
  String.raw`data: \{`,
  String.raw`QEMU_MONITOR_`,
  String.raw`\[\d{4}-\d\d-\d\dT`,
  String.raw`\d+@1\d{9}\.\d`,
  String.raw`(?:handle|monitor)_qmp_`,
  String.raw`\(QEMU\)`,
  String.raw`<\d{1,3}>`,
  String.raw`\[pod/`,
  String.raw`\s(?:len|fd)=`,
  String.raw`1\d{9}\.\d{3}`,
  String.raw`[<>] \d{4}/\d\d/`,
  String.raw`\[ *\d+\.\d+\] `,
  String.raw`\[?(?:pid +)?\d+\]? +(?:\d\d:|1\d{9}|(?:read|write|send|recv)\w*\()`,
].join('|');

const time = `(?<time>${anyTime})`;

const timed = (found: RegExpExecArray, rest: string, clock: Clock): Taken => ({
  text: rest,
  micros: clock.read(found.groups?.['time'] ?? ''),
});

const bare = (_found: RegExpExecArray, rest: string): Taken => ({ text: rest });

const numbered = (found: RegExpExecArray, rest: string): Taken => ({
  text: rest,
  numbered: Number(found.groups?.['n']),
});

const rows: readonly Row[] = [
  { what: 'a mark of UTF-8', pattern: /^\xef\xbb\xbf|^\x1e|^data: (?=\{)/, take: bare },
  { what: '<pre>, as on a web page', pattern: /^<(?:pre|code)\b[^>]*>/, take: bare },
  // socat's own lines begin like a quotation.
  {
    what: '> of mail, | of a table',
    pattern: new RegExp(`^[>|](?! \\d{4}/\\d\\d/\\d\\d )(?: |(?=[>|])|$|(?=${recordStart}))`),
    take: bare,
  },
  { what: 'cat -n, nl', pattern: /^ *(?<n>\d{1,9})\t/, take: numbered },
  {
    what: 'a number of a line, as less -N shows it',
    pattern: new RegExp(`^ *(?<n>\\d{1,9}) (?:(?:\\||\\xe2\\x94\\x82) )?(?=${recordStart})`),
    take: numbered,
  },
  { what: 'grep -n', pattern: new RegExp(`^(?<n>\\d{1,9})[:-](?=${recordStart})`), take: numbered },
  {
    what: 'grep -H',
    pattern: new RegExp(
      `^(?<file>[^\\s:{}"]*(?:\\.log[\\w.-]*|\\.txt|/[\\w.-]+))(?::|-(?=\\d*-?(?:${recordStart})))(?:(?<n>\\d{1,9})[:-])?(?=${recordStart})`,
    ),
    take: (found, rest) => ({
      text: rest,
      source: rotated(found.groups?.['file'] ?? ''),
      numbered: found.groups?.['n'] === undefined ? undefined : Number(found.groups['n']),
    }),
  },
  { what: 'an indentation', pattern: new RegExp(`^[ \\t]+(?=${recordStart})(?! (?:len|fd)=)`), take: bare },
  {
    what: 'RFC 5424',
    pattern: new RegExp(
      `^<\\d{1,3}>1 (?<time>\\S+) (?<host>\\S+) \\S+ \\S+ \\S+ (?:-|(?:\\[(?:[^\\]"\\\\]|\\\\.|"(?:[^"\\\\]|\\\\.)*")*\\])+) ?(?:\\xef\\xbb\\xbf)?`,
    ),
    take: (found, rest, clock) => ({
      ...timed(found, rest, clock),
      text: rest,
      source: found.groups?.['host'] ?? '',
    }),
  },
  {
    what: 'syslog and journalctl',
    pattern: new RegExp(
      `^(?:<\\d{1,3}>)?(?:[A-Z][a-z]{2} )?(?<time>${anyTime}|\\[ *\\d+\\.\\d{3,6})(?: ?[A-Z]{2,5}| [+-]\\d\\d:?\\d\\d)?(?: <[^>]*>\\])? ` +
        `(?<host>[\\w.-]+) (?<tag>[\\w./@-]+)(?:\\((?:[^)]*)\\))?(?:\\[(?<pid>\\d+)\\])?: `,
    ),
    take: (found, rest, clock) => {
      const { time: at = '', host = '' } = found.groups ?? {};
      return {
        text: rest,
        micros: clock.read(at.startsWith('[') ? `${at.replace(/\]$/, '')}]` : at),
        source: host,
      };
    },
  },
  {
    what: 'CRI',
    pattern: new RegExp(`^(?<time>\\S+T\\S+) (?:stdout|stderr) (?<tag>[FP])(?: |$)`),
    take: (found, rest, clock) => {
      const micros = clock.read(found.groups?.['time'] ?? '');
      return micros === undefined ? undefined : { text: rest, micros, isPart: found.groups?.['tag'] === 'P' };
    },
  },
  {
    what: 'kubectl logs --prefix',
    pattern: /^\[pod\/(?<pod>[^/\]\s]+)\/(?<container>[^\]\s]+)\] /,
    take: (found, rest) => ({
      text: rest,
      source: `${found.groups?.['pod'] ?? ''}/${found.groups?.['container'] ?? ''}`,
    }),
  },
  {
    what: 'stern, and kubetail',
    pattern: new RegExp(
      `^\\[?(?<pod>[a-z0-9]+(?:[.-][a-z0-9]+)+)[\\] ] ?(?<container>[a-z0-9-]+) (?:\\xe2\\x80\\xba )?(?=${recordStart})`,
    ),
    take: (found, rest) => ({
      text: rest,
      source: `${found.groups?.['pod'] ?? ''}/${found.groups?.['container'] ?? ''}`,
    }),
  },
  {
    what: 'docker compose logs',
    pattern: /^(?<name>[\w.-]+) +\| /,
    take: (found, rest) => ({ text: rest, source: found.groups?.['name'] ?? '' }),
  },
  { what: "QEMU's trace, with its thread", pattern: /^\d+@(?<time>1\d{9}\.\d{6}):/, take: timed },
  { what: 'a time in brackets', pattern: new RegExp(`^\\[${time}\\] ?`), take: timed },
  {
    what: 'a time',
    pattern: new RegExp(`^(?:[A-Z][a-z]{2} )?${time}(?::(?=\\s)|(?=\\s)) *(?=\\S)`),
    take: timed,
  },
  {
    what: 'a JSON object with the line in it',
    pattern: /^(?=\{)/,
    take: (_found, rest, clock) => unwrapJson(rest, clock),
  },
  {
    what: 'logfmt',
    pattern: /^(?=(?:time|level|ts)=)/,
    take: (_found, rest, clock) => logfmt(rest, clock),
  },
];

/** The most prefixes that are looked for before a line. */
const maximumDepth = 8;

/** Takes off all prefixes that are known. */
export function unwrap(line: string, clock: Clock): Wrapped {
  let wrapped: Wrapped = { text: plainText(line), micros: undefined };
  for (let depth = 0; depth < maximumDepth; depth++) {
    const inner = once(wrapped.text, clock);
    if (inner === undefined) break;
    // The innermost time and function are the record's; the outermost writer tells logs apart.
    wrapped = {
      text: inner.text,
      micros: inner.micros ?? wrapped.micros,
      source: [wrapped.source, inner.source].filter((one) => one !== undefined && one !== '').join(' '),
      thread: inner.thread || (wrapped.thread ?? ''),
      place: inner.place || (wrapped.place ?? ''),
      level: inner.level || (wrapped.level ?? ''),
      isPart: inner.isPart === true || wrapped.isPart === true,
      numbered: inner.numbered ?? wrapped.numbered,
    };
  }
  return wrapped;
}

function once(text: string, clock: Clock): Taken {
  for (const { pattern, take } of rows) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const taken = take(found, text.slice(found[0].length), clock);
    if (taken !== undefined && taken.text.length < text.length) return taken;
  }
  return undefined;
}

const colours = /(?:\x1b|\^\[|#033)\[[\d;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g;
const entities: Readonly<Record<string, string>> = {
  quot: '"',
  '#34': '"',
  '#x22': '"',
  apos: "'",
  '#39': "'",
  lt: '<',
  gt: '>',
  amp: '&',
  nbsp: ' ',
};

/** Without colours, carriage returns and, in what was copied out of a page's source, its entities. */
function plainText(line: string): string {
  let text = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (text.includes('[') && /\x1b|\^\[\[|#033/.test(text)) text = text.replace(colours, '');
  if (/&(?:quot|#34|#x22);/.test(text) && !text.includes('"')) {
    text = text.replace(/&(#?\w{1,5});/g, (all, name: string) => entities[name] ?? all);
  }
  return text;
}

/** Parts of one file are one log: `libvirtd.log.1`, `libvirtd.log-20260501`. */
function rotated(file: string): string {
  return file.replace(/(?:[.-]\d+|\.gz|\.xz)+$/, '');
}

/** `time="…" level=debug msg="…"`, as Kata and other programs in Go log. */
function logfmt(text: string, clock: Clock): Taken {
  const fields = new Map<string, string>();
  for (const [, key = '', quoted, word = ''] of text.matchAll(
    /(?:^| )([\w-]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))/g,
  )) {
    fields.set(key, quoted === undefined ? word : unescaped(quoted));
  }
  const message = fields.get('msg') ?? fields.get('message');
  if (message === undefined) return undefined;
  return {
    text: message,
    micros: clock.read(fields.get('time') ?? fields.get('ts') ?? ''),
    source: fields.get('sandbox') ?? '',
    level: levelOf(fields.get('level') ?? ''),
  };
}

function unescaped(text: string): string {
  const plain: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };
  return text.replace(/\\(.)/g, (_all, unit: string) => plain[unit] ?? unit);
}
