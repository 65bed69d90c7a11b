/** The first line and the status line: what is open, who holds the monitor, and what the list shows. */
import { escapeText, formatDuration } from '../../inspect/format.js';
import type { MessageView } from '../../inspect/view/view.js';
import type { RecordingInfo } from '../../recording/ports.js';
import type { Session } from '../../recording/session.js';
import { cut, fitting, type Line, lineLength, type Span } from './line.js';
import { pendingCount, type PendingItem } from '../pages/pending.js';

export function titleLine(
  info: RecordingInfo,
  sessions: ReadonlyMap<number, Session>,
  only: number | undefined,
  width: number,
): Line {
  const name = info.path.replace(/\/+$/, '').split('/').at(-1) ?? info.path;
  const one = only === undefined ? undefined : sessions.get(only);
  const which =
    one === undefined
      ? sessions.size === 1
        ? '1 session'
        : `${sessions.size} sessions`
      : `session ${one.id}${one.label === undefined ? '' : ` ${escapeText(one.label)}`}`;
  const state = info.live
    ? `LIVE${inFiles(info)}`
    : info.incomplete === undefined
      ? 'finished'
      : `INCOMPLETE: ${escapeText(info.incomplete)}`;
  const left = ` qmptap  ${escapeText(name)}  ${state}  ${which}`;
  const right = '? keys ';
  const room = width - right.length;
  return {
    spans: [{ text: cut(fitting(left), room).padEnd(Math.max(0, room)) }, { text: right }],
    style: 'title',
  };
}

/** Who copies it must take all of them, or let `qmptap export` make one. */
function inFiles({ filesBeside = [] }: RecordingInfo): string {
  return filesBeside.length === 0 ? '' : ` in ${filesBeside.length + 1} files`;
}

export interface StatusParts {
  readonly view: MessageView;
  readonly filter: string;
  readonly pending: readonly PendingItem[];
  readonly live: boolean;
  readonly width: number;
}

export function statusLine({ view, filter, pending, live, width }: StatusParts): Line {
  const left: Span[] = [{ text: ' ' }, ...pendingSpans(pending, live)];
  if (filter !== '') left.push({ text: `  filter: ${escapeText(filter)}`, style: 'bold' });
  const right = rightText(view, live);
  const room = width - right.length - 1;
  const used = lineLength({ spans: left });
  if (used > room) {
    const text = cut(left.map((span) => fitting(span.text)).join(''), Math.max(0, room));
    return { spans: [{ text: text.padEnd(Math.max(0, room)) }, { text: ` ${right}` }] };
  }
  return { spans: [...left, { text: ' '.repeat(room - used) }, { text: ` ${right}` }] };
}

/** The oldest unanswered command holds the monitor; what was only begun does not, and stands behind it. */
function pendingSpans(pending: readonly PendingItem[], live: boolean): Span[] {
  const shown = live ? pending.filter(({ running }) => running) : pending;
  if (shown.length === 0) {
    const late = pending.length === 0 ? '' : ` (${pendingCount(pending.length)} never ended)`;
    return [{ text: `nothing pending${late}`, style: 'dim' }];
  }
  const of = (stories: boolean, what: string): Span[] => {
    const items = shown.filter(({ story }) => story === stories);
    const [oldest] = items;
    if (oldest === undefined) return [];
    return [
      { text: `${pendingCount(items.length)} ${what}`, style: 'slow' },
      { text: `, oldest ${escapeText(oldest.name)} ${formatDuration(oldest.age)}` },
    ];
  };
  const commands = of(false, live ? 'pending' : 'never answered');
  const stories = of(true, live ? 'not over' : 'never ended');
  return [...commands, ...(commands.length > 0 && stories.length > 0 ? [{ text: '  ' }] : []), ...stories];
}

function rightText(view: MessageView, live: boolean): string {
  const { focused, fresh, count } = view;
  const at = focused === undefined ? '' : `${focused.index}/`;
  const place = `${at}${count} `;
  const searching = view.busy && focused === undefined ? 'searching… ' : '';
  if (!live) return `${searching}${place}`;
  if (view.paused) return `${place}PAUSED `;
  if (view.following) return `${searching}${place}FOLLOW `;
  return `${searching}${place}+${fresh.count}${fresh.more ? '…' : ''} new, F follows `;
}
