/**
 * The notation of QEMU's documents: `->` before what the client sent, `<-` before what the server sent,
 * further lines of a message indented, `#` before what is said about them. For reading and quoting.
 */
import type { Message } from '../../recording/message.js';
import type { Session } from '../../recording/session.js';
import { isoTime } from '../../text/time.js';
import { type ExportInput, type ExportedMessage, withSessions } from '../export.js';
import { oneLine } from '../plain-text.js';
import { frameLines } from '../wire.js';

/** The conversation as text. */
export function* exportText(input: ExportInput): Iterable<string> {
  let first = true;
  for (const entry of withSessions(input)) {
    if ('message' in entry) {
      yield messageText(entry);
    } else {
      yield `${first ? '' : '\n'}${sessionHeading(entry.session)}`;
      first = false;
    }
  }
}

function sessionHeading(session: Session): string {
  const { id, label, dialect, version, started, client, server, notes } = session;
  const name =
    dialect === 'qga' ? 'guest agent' : version?.qemu === undefined ? 'QMP' : `QEMU ${version.qemu}`;
  const lines = [
    [`session ${id}`, ...(label === undefined ? [] : [label]), name, isoTime(started)].join(', '),
    `${client.address} -> ${server.address}`,
    ...notes,
  ];
  return `${lines.map((line) => `# ${oneLine(line)}\n`).join('')}\n`;
}

function messageText({ message, mark }: ExportedMessage): string {
  const marked =
    mark === undefined ? '' : `# marked${mark.note === undefined ? '' : `: ${oneLine(mark.note)}`}\n`;
  const remark = marked + remarkOn(message);
  const arrow = message.dir === 'c2s' ? '->' : '<-';
  return `${remark}${arrow} ${frameLines(message.raw).join('\n   ')}\n`;
}

function remarkOn({ kind, problem, fds, late, injected }: Message): string {
  const remarks = [
    ...(kind === 'partial' ? ['cut off by the close'] : []),
    ...(problem === undefined ? [] : [problem]),
    ...(late === undefined ? [] : [`answers #${late.seq} of session ${late.session}`]),
    ...(injected ? ['by the user of qmptap'] : []),
    ...(fds > 0 ? [fds === 1 ? 'with a descriptor' : `with ${fds} descriptors`] : []),
  ];
  return remarks.map((remark) => `# ${oneLine(remark)}\n`).join('');
}
