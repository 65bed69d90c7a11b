/** Tells a file's format from its first lines, whatever stands before them. */
import { isLibvirtLog } from './logs/libvirt-log.js';
import { isCapture } from './capture/packet-reader.js';
import { ValueEnd } from './reading/json-text.js';
import type { ImportFormatName } from './table.js';

/** Whether a file that begins with these lines (binary strings) is of the format. */
type Recognises = (lines: readonly string[]) => boolean;

/**
 * What shows a message in any text, also inside of a log that is JSON itself; or a shell's prompt, or virsh's line.
 */
const message =
  /\{\s*\\?["'](?:execute|exec-oob|return|error|QMP|event|timestamp)\\?["']\s*:|^\s*["'](?:execute|return|error|QMP|event)["']\s*:|&quot;(?:execute|return|QMP|event)&quot;|^\(QEMU\) \w|\bevent [A-Z_]+ (?:at \d+\.\d{6} )?for domain /;

/** In the order in which they are tried: what shows itself in one line before what does not. */
const recognisers: readonly (readonly [ImportFormatName, Recognises])[] = [
  // Our page has JSON lines in it.
  ['html', (lines) => lines[0] === '<!doctype html>' && lines.includes('<title>qmptap</title>')],
  ['jsonl', some(/^\s*\{\s*"type"\s*:\s*"(?:recording|session|message)"/)],
  ['libvirt-log', isLibvirtLog],
  [
    'qemu-trace',
    some(/(?:^|[\s:])(?:handle_qmp_command|monitor_qmp_respond) mon |(?:^|[\s:])monitor_qmp_\w+ (?:0x|")/),
  ],
  [
    'strace',
    some(
      /^(?:\[pid +\d+\] |\d+ +)?(?:\d{1,2}:\d\d:\d\d\S* |1\d{9}\.\d+ )?(?:read|readv|write|writev|recv|recvfrom|recvmsg|send|sendto|sendmsg)\(\d+[<,]/,
    ),
  ],
  ['systemtap', some(/(?:^|\s)\d+\.\d{3} (?:begin$|[<>!] 0x[0-9a-f]+ \{)/)],
  ['incus-log', some(/\[\d{4}-\d\d-\d\dT[^\]]+\] (?:QUERY|REPLY|EVENT|Event): \{/)],
  [
    'qmp-shell',
    (lines) => {
      const head = firstObject(lines);
      return (
        /"(?:execute|exec-oob)"\s*:/.test(head) &&
        /^[ \t]*"(?:return|error)"\s*:|[,{]\s*"(?:return|error)"\s*:/m.test(head)
      );
    },
  ],
  [
    // Objects one after the other, apart or indented; a session that was pasted has events or a greeting as well.
    'replies',
    (lines) =>
      /^\s*\{\s*"(?:execute|return|error|id|arguments|exec-oob)"\s*:/.test(firstObject(lines)) &&
      lines.some((line) => line.trim() === '' || line.trimEnd() === '{') &&
      !lines.some((line) => /^\s*(?:\{\s*)?"(?:event|QMP|timestamp)"\s*:/.test(line)),
  ],
  ['text', some(message)],
];

/** The format of a file, told from its first lines (binary strings); undefined if it is none of these. */
export function recogniseFormat(lines: readonly string[]): ImportFormatName | undefined {
  if (isCapture(lines.slice(0, 3).join('\n'))) return 'pcapng';
  const isJournal = lines.some((line) => /^__REALTIME_TIMESTAMP=\d/.test(line));
  if (!isJournal && lines.some((line) => line.includes('\0'))) return undefined; // no text
  return recognisers.find(([, recognises]) => recognises(lines))?.[0];
}

function some(pattern: RegExp): Recognises {
  return (lines) => lines.some((line) => pattern.test(line.replace(/\r$/, '')));
}

/** The object that a file of JSON begins with; empty if it does not, or not whole. */
function firstObject(lines: readonly string[]): string {
  const filled = lines.filter((line) => line.trim() !== '');
  if (filled[0]?.startsWith('{') !== true) return '';
  const end = new ValueEnd();
  for (const [at, line] of filled.entries()) {
    const found = end.find(line);
    if (found !== undefined) return [...filled.slice(0, at), line.slice(0, found)].join('\n');
    if (end.isTorn) return '';
  }
  return '';
}
