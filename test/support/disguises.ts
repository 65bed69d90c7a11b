/** The ways in which a log of libvirt's reaches us: what journald, collectors, searches and mails make of it. */

/** A record: its lines, the first with libvirt's time, thread and level. */
type LogEntry = readonly string[];

export type Disguise = (log: readonly LogEntry[]) => string;

/** Records of a log in libvirt's own form. */
export function recordsOf(log: string): LogEntry[] {
  const entries: string[][] = [];
  for (const line of log.trimEnd().split('\n')) {
    if (/^\d{4}-/.test(line)) entries.push([line]);
    else entries.at(-1)?.push(line);
  }
  return entries;
}

interface Parts {
  readonly time: Date;
  readonly thread: string;
  readonly level: string;
  readonly place: string;
  /** Without time, thread, level and function; with the lines after the first. */
  readonly text: string;
}

function partsOf(entry: LogEntry): Parts {
  const whole = entry.join('\n');
  const [all = '', date, zone, thread = '', level = '', place = ''] =
    /^(\S+ \S+)([+-]\d{4}): (\d+): (\w+) : (?:(\w+:\d+) : )?/.exec(whole) ?? [];
  return {
    time: new Date(`${(date ?? '').replace(' ', 'T')}${zone ?? ''}`),
    thread,
    level,
    place,
    text: whole.slice(all.length),
  };
}

const perLine =
  (change: (line: string, number: number) => string): Disguise =>
  (log) =>
    log
      .flat()
      .map((line, at) => change(line, at + 1))
      .join('\n');

const perEntry =
  (change: (parts: Parts, number: number) => string): Disguise =>
  (log) =>
    log.map((entry, at) => change(partsOf(entry), at)).join('\n');

/** journalctl puts the further lines of an entry under its first. */
const journal = (head: (time: Date) => string): Disguise =>
  perEntry(({ time, text }) => {
    const before = head(time);
    return before + text.replace(/\r/g, '').replaceAll('\n', `\n${' '.repeat(before.length)}`);
  });

const iso = (time: Date): string => time.toISOString();
const micros = (time: Date): number => time.getTime() * 1000;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const short = (time: Date): string =>
  `${months[time.getUTCMonth()] ?? ''} ${iso(time).slice(8, 10)} ${iso(time).slice(11, 19)}`;
const tag = 'host1 virtqemud[812]: ';

const journalJson = ({ time, text, place }: Parts): Record<string, unknown> => ({
  __REALTIME_TIMESTAMP: String(micros(time)),
  _HOSTNAME: 'host1',
  CODE_FUNC: place.split(':')[0],
  MESSAGE: /[\r\n]/.test(text) ? [...Buffer.from(text, 'latin1')] : text,
});

const kubevirt = ({ time, thread, level, place, text }: Parts): string[] => {
  const [first = '', ...more] = text.replace(/\r/g, '').split('\n');
  const common = { component: 'virt-launcher', level, subcomponent: 'libvirt' };
  return [
    JSON.stringify({ ...common, msg: first, pos: place, thread, timestamp: iso(time) }),
    ...more.map((msg) => JSON.stringify({ ...common, msg })),
  ];
};

const kube = (change: (line: string) => string): Disguise =>
  perEntry((parts) => kubevirt(parts).map(change).join('\n'));

const entities = (line: string): string =>
  line
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');

const field = (name: string, value: string): string => {
  if (!value.includes('\n')) return `${name}=${value}\n`;
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(value.length));
  return `${name}\n${length.toString('latin1')}${value}\n`;
};

const cri = (time: Date, line: string, flag = 'F'): string =>
  `${iso(time).replace('Z', '000000Z')} stdout ${flag} ${line}`;

export const disguises: Readonly<Record<string, Disguise>> = {
  'as it is': perLine((line) => line),
  'with CRLF': perLine((line) => `${line.replace(/\r$/, '')}\r`),
  'with ^M': perLine((line) => line.replace(/\r$/, '^M')),
  'with a mark of UTF-8': (log) => `\xef\xbb\xbf${log.flat().join('\n')}`,
  'cat -n': perLine((line, number) => `${String(number).padStart(6)}\t${line}`),
  'less -N': perLine((line, number) => `${String(number).padStart(7)} ${line}`),
  'grep -n': perLine((line, number) => `${number}:${line}`),
  'grep -n -C': perLine((line, number) => (number % 2 === 0 ? `${number}-${line}` : `${number}:${line}`)),
  'grep -H': perLine((line) => `/var/log/libvirt/libvirtd.log:${line}`),
  'grep -H -C': perLine((line, number) => `libvirtd.log${number % 2 === 0 ? '-' : ':'}${line}`),
  'grep -Hn': perLine((line, number) => `libvirtd.log:${number}:${line}`),
  'quoted in mail': perLine((line) => `> ${line}`),
  'quoted twice': perLine((line) => `> > ${line}`),
  'quoted without spaces': perLine((line) => `>>${line}`),
  'in a table': perLine((line) => `| ${line}`),
  indented: perLine((line) => `    ${line}`),
  'indented by a tab': perLine((line) => `\t${line}`),
  'in colours': perLine((line) => `\x1b[1;32m${line.slice(0, 10)}\x1b[0m${line.slice(10)}\x1b[K`),
  'in a block of code': (log) => ['Here it is:', '```log', ...log.flat(), '```', 'Any idea?'].join('\n'),
  'on a page': (log) => `<pre>${log.flat().join('\n')}</pre>`,
  'in the source of a page': (log) => `<pre class="log">\n${log.flat().map(entities).join('\n')}\n</pre>`,
  'journalctl -o short': journal((time) => `${short(time)} ${tag}`),
  'journalctl -o short-precise': journal((time) => `${short(time)}.${iso(time).slice(20, 23)}000 ${tag}`),
  'journalctl -o short-iso': journal((time) => `${iso(time).slice(0, 19)}+00:00 ${tag}`),
  'journalctl -o short-iso-precise': journal((time) => `${iso(time).slice(0, 23)}000+0000 ${tag}`),
  'journalctl -o short-full': journal((time) => `Fri ${iso(time).slice(0, 19).replace('T', ' ')} UTC ${tag}`),
  'journalctl -o short-unix': journal((time) => `${(micros(time) / 1e6).toFixed(6)} ${tag}`),
  'journalctl -o short-monotonic': journal(
    (time) => `[${(micros(time) / 1e6 - 1.7e9).toFixed(6).padStart(12)}] ${tag}`,
  ),
  'journalctl -o short-delta': journal(
    (time) => `[${(micros(time) / 1e6 - 1.7e9).toFixed(6)} <    0.000012 >] ${tag}`,
  ),
  'journalctl -o with-unit': journal(
    (time) => `Fri ${iso(time).slice(0, 19).replace('T', ' ')} UTC host1 virtqemud.service[812]: `,
  ),
  'journalctl -o cat': perEntry(({ text }) => text),
  'journalctl -o verbose': perEntry(
    ({ time, text, place }) =>
      `Fri ${iso(time).slice(0, 23).replace('T', ' ')}000 UTC [s=ab;i=1;b=cd;m=1;t=2;x=3]\n    PRIORITY=6\n    CODE_FUNC=${place.split(':')[0] ?? ''}\n    MESSAGE=${text.replaceAll('\r', '').replaceAll('\n', `\n${' '.repeat(12)}`)}\n    _PID=812`,
  ),
  'journalctl -o export': perEntry(
    ({ time, text, place }) =>
      `__CURSOR=s=1\n__REALTIME_TIMESTAMP=${micros(time)}\nCODE_FUNC=${place.split(':')[0] ?? ''}\n${field('MESSAGE', text)}_PID=812\n`,
  ),
  'journalctl -o json': perEntry((parts) => JSON.stringify(journalJson(parts))),
  'journalctl -o json-pretty': perEntry((parts) => JSON.stringify(journalJson(parts), undefined, '\t')),
  'journalctl -o json-sse': perEntry((parts) => `data: ${JSON.stringify(journalJson(parts))}\n`),
  'journalctl -o json-seq': perEntry((parts) => `\x1e${JSON.stringify(journalJson(parts))}`),
  'RFC 3164': perEntry(
    ({ time, text }) =>
      `<30>${short(time)} host1 libvirtd[1]: ${text.replaceAll('\r', '#015').replaceAll('\n', '#012')}`,
  ),
  'RFC 5424': perEntry(
    ({ time, text }) =>
      `<30>1 ${iso(time)} host1 libvirtd 812 - - ${text.replaceAll('\r', '#015').replaceAll('\n', '#012')}`,
  ),
  "libvirt's own syslog": (log) =>
    log
      .map((entry) => {
        const { time, thread, level, place, text } = partsOf(entry);
        const where = place === '' ? '' : `${place} : `;
        return `${short(time)} host1 libvirtd: ${thread}: ${level} : ${where}${text.replaceAll('\r', '#015').replaceAll('\n', '#012')}`;
      })
      .join('\n'),
  'standard error, through journald': (log) =>
    log
      .map((entry) => entry.map((line) => `${short(partsOf(entry).time)} ${tag}${line}`).join('\n'))
      .join('\n'),
  KubeVirt: kube((line) => line),
  'kubectl logs --timestamps': kube((line) => `2026-12-01T00:00:00.300000000Z ${line}`),
  'kubectl logs --prefix': kube((line) => `[pod/virt-launcher-a-bcdef/compute] ${line}`),
  'kubectl logs --prefix --timestamps': kube(
    (line) => `[pod/virt-launcher-a-bcdef/compute] 2026-12-01T00:00:00.3Z ${line}`,
  ),
  stern: kube((line) => `virt-launcher-a-bcdef compute ${line}`),
  'stern -o json': kube((line) =>
    JSON.stringify({
      message: line,
      nodeName: 'n',
      namespace: 'd',
      podName: 'virt-launcher-a',
      containerName: 'compute',
    }),
  ),
  CRI: (log) => log.flatMap((entry) => entry.map((line) => cri(partsOf(entry).time, line))).join('\n'),
  'CRI, cut into parts': (log) =>
    log
      .flatMap((entry) =>
        entry.flatMap((line) => [
          cri(partsOf(entry).time, line.slice(0, 60), 'P'),
          cri(partsOf(entry).time, line.slice(60)),
        ]),
      )
      .join('\n'),
  'docker json-file': (log) =>
    log
      .flatMap((entry) =>
        entry.map((line) =>
          JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: iso(partsOf(entry).time) }),
        ),
      )
      .join('\n'),
  'docker compose logs': perLine((line) => `libvirt_1  | ${line}`),
  'numbered, then quoted': perLine((line, number) => `> ${String(number).padStart(6)}\t${line}`),
};
