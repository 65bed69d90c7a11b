/** The list of messages: one line for each row of the window. */
import { formatDuration, sessionName } from '../../inspect/format.js';
import type { MessageView } from '../../inspect/view/view.js';
import type { ViewRow } from '../../inspect/view/view-row.js';
import type { MessageKind } from '../../recording/message.js';
import type { Session } from '../../recording/session.js';
import { sessionNow, type TimeStyle, timeText } from '../clock.js';
import { cell, cut, fitting, type Line, plain, type Span } from '../screen/line.js';

export interface ListSurroundings {
  readonly width: number;
  readonly time: TimeStyle;
  readonly sessions: ReadonlyMap<number, Session>;
  readonly live: boolean;
  /** The list has the keys. */
  readonly active: boolean;
  /** `*` marked, `;` with a note. */
  readonly sign: (row: ViewRow) => string;
}

/** The letter of each kind, explained in the help. */
export const kindLetters: Readonly<Record<MessageKind, string>> = {
  greeting: 'G',
  command: 'C',
  success: 'R',
  error: 'E',
  event: 'V',
  sync: 'Y',
  malformed: 'M',
  partial: 'P',
};

/** An exchange that takes this long is shown as slow: people notice it. libvirt gives up after 30 s. */
const slow = 1e9;
const timeWidth = 13;
const latencyWidth = 8;

/** The names of the columns. */
export function listHeading(around: ListSurroundings): Line {
  const label = labelWidth(around);
  const head = ` ${label > 0 ? cell('session', label) + ' ' : ''}${cell('time', timeWidth, 'right')} dir  what`;
  const rest = cell('took', Math.max(0, around.width - head.length - 1), 'right');
  return plain(cut(`${head}${rest}`, around.width), 'dim');
}

/** The visible rows, as many lines as the view is high. */
export function listLines(view: MessageView, around: ListSurroundings): Line[] {
  const { rows, focus } = view.visible();
  const lines = rows.map((row, place) => {
    const style =
      place !== focus ? undefined : around.active ? ('focus' as const) : ('focusElsewhere' as const);
    return { spans: rowSpans(row, around), style };
  });
  if (lines.length === 0) {
    const text = view.busy
      ? 'searching…'
      : view.count === 0
        ? 'no messages yet'
        : 'no message matches the filter';
    lines.push({ ...plain(`  ${text}`, 'dim'), style: undefined } as (typeof lines)[number]);
  }
  while (lines.length < view.height) lines.push({ spans: [], style: undefined });
  return lines;
}

function rowSpans(row: ViewRow, around: ListSurroundings): Span[] {
  const session = around.sessions.get(row.session);
  const label = labelWidth(around);
  const name = (session && sessionName(session)) ?? `#${row.session}`;
  const before = 1 + (label > 0 ? label + 1 : 0) + timeWidth + ' -> C  '.length;
  const titleWidth = Math.min(around.width >= 110 ? 28 : 20, Math.max(0, around.width - before));
  const waiting = waitingFor(row, session, around);
  const head: Span[] = [
    { text: around.sign(row), style: 'key' },
    ...(label > 0 ? [{ text: `${cell(name, label)} `, style: 'dim' as const }] : []),
    { text: cell(timeText(row.t, session, around.time), timeWidth, 'right'), style: 'dim' },
    { text: ` ${row.dir === 'c2s' ? '->' : '<-'} ` },
    { text: `${kindLetters[row.kind]} ${fitting(row.title).padEnd(titleWidth)} `, style: row.kind },
    ...(row.remark === '' ? [] : [{ text: `[${row.remark}] `, style: 'warning' as const }]),
  ];
  const used = head.reduce((sum, { text }) => sum + fitting(text).length, 0);
  const room = around.width - used - latencyWidth - 1;
  // Half a time would tell something else.
  if (room < 0) return head;
  const telling: Span = { text: room > 0 ? cell(row.telling, room) : '', style: tellingStyle(row) };
  return [...head, telling, { text: ' ' }, waiting ?? latency(row)];
}

function tellingStyle(row: ViewRow): Span['style'] {
  return row.kind === 'error' || row.kind === 'malformed' ? row.kind : undefined;
}

function latency({ latency }: ViewRow): Span {
  if (latency === undefined) return { text: ' '.repeat(latencyWidth) };
  const text = formatDuration(latency);
  return latency < slow
    ? { text: cell(`${text} `, latencyWidth, 'right'), style: 'dim' }
    : { text: cell(`${text}!`, latencyWidth, 'right'), style: 'slow' };
}

/** The running timer of a command that has no answer. */
function waitingFor(row: ViewRow, session: Session | undefined, around: ListSurroundings): Span | undefined {
  if (row.kind !== 'command' || row.answer !== undefined || session === undefined) return undefined;
  const running = around.live && session.ended === undefined;
  const age = sessionNow(session, around.live, row.t) - row.t;
  const text = running ? `${formatDuration(age)}…` : 'no reply';
  return { text: cell(text, latencyWidth, 'right'), style: 'slow' };
}

/** Columns for the session, where there is more than one or a label to tell. */
function labelWidth({ sessions, width }: ListSurroundings): number {
  if (sessions.size < 2) return 0;
  const longest = [...sessions.values()].slice(0, 500).reduce((most, session) => {
    return Math.max(most, fitting(sessionName(session) ?? `#${session.id}`).length);
  }, 2);
  return Math.min(longest, width >= 110 ? 16 : 8);
}
