/**
 * The whole screen as lines: which pane stands where, and what is in it. The same table of places serves the mouse.
 */
import type { MessageView } from '../../inspect/view/view.js';
import type { MessageRef } from '../../recording/message.js';
import type { RecordingInfo } from '../../recording/ports.js';
import type { Session } from '../../recording/session.js';
import type { TimeStyle } from '../clock.js';
import type { DetailPane } from '../panes/detail-pane.js';
import { cut, drawLine, fitting, type Line, plain } from './line.js';
import { listHeading, listLines } from '../panes/list-pane.js';
import type { MarkList } from '../panes/mark-list.js';
import type { MessagePanes, PaneName } from '../panes/message-panes.js';
import type { StatePane } from '../panes/state-pane.js';
import type { Page } from '../pages/page.js';
import type { PendingItem } from '../pages/pending.js';
import type { Prompt } from '../input/prompt.js';
import { statusLine, titleLine } from './status-bar.js';
import type { Theme } from './theme.js';

export interface FrameState {
  readonly width: number;
  readonly height: number;
  readonly info: RecordingInfo;
  readonly view: MessageView;
  readonly panes: MessagePanes;
  readonly page: Page | undefined;
  readonly prompt: Prompt | undefined;
  readonly notice: string;
  readonly time: TimeStyle;
  readonly live: boolean;
  readonly sessions: ReadonlyMap<number, Session>;
  readonly only: number | undefined;
  readonly filter: string;
  readonly pending: readonly PendingItem[];
  readonly marks: MarkList;
  readonly state: StatePane;
}

export interface Frame {
  readonly lines: readonly string[];
  readonly cursor: { readonly row: number; readonly column: number } | undefined;
}

/** Both halves of an exchange stand side by side from this width on. */
const wide = 100;

/** Rows of the screen: the title, the list's heading, the list, the message, the status and the last line. */
interface Layout {
  readonly list: number;
  readonly detail: number;
  /** Columns of the left one of two messages; 0: only one is shown. */
  readonly left: number;
  /** Columns of what was known, right of the list; 0: it is not shown. */
  readonly state: number;
}

/** The list keeps half of a narrow screen, and the rest of a wide one. */
const stateColumns = 52;

function layoutOf({ width, height, panes, state: { isOpen } }: FrameState): Layout {
  const body = Math.max(2, height - 4);
  const state = isOpen ? Math.min(stateColumns, Math.floor(width / 2)) : 0;
  if (!panes.isOpen) return { list: body, detail: 0, left: 0, state };
  const list = Math.max(1, Math.min(body - 1, Math.max(4, Math.floor(body * 0.35))));
  return { list, detail: body - list, left: width >= wide ? Math.floor((width - 1) / 2) : 0, state };
}

/** Draws everything. */
export function drawFrame(state: FrameState, theme: Theme): Frame {
  const { width, height, prompt } = state;
  const layout = layoutOf(state);
  const draw = (line: Line): string => drawLine(line, width, theme);
  const prompted = prompt?.draw(width);
  const last = prompted?.lines ?? [statusLine(state), noticeLine(state)];
  const body = state.page?.draw(width, height - 3).map(draw) ?? listBody(state, layout, theme);
  const lines = [
    draw(titleLine(state.info, state.sessions, state.only, width)),
    ...body,
    ...(state.page === undefined ? detailLines(state, layout, theme) : []),
    ...last.map(draw),
  ];
  return { lines, cursor: prompted && { row: height - 1, column: prompted.column } };
}

function listBody(frame: FrameState, layout: Layout, theme: Theme): string[] {
  const { view, time, sessions, live, panes, marks } = frame;
  const { list, state } = layout;
  if (view.height !== list) view.setHeight(list);
  const width = state === 0 ? frame.width : frame.width - state - 1;
  const active = panes.active === 'list';
  const sign = (row: MessageRef): string => marks.sign(row);
  const around = { width, time, sessions, live, active, sign };
  const lines = [listHeading(around), ...listLines(view, around)].map((line) => drawLine(line, width, theme));
  if (state === 0) return lines;
  const beside = frame.state.draw(view.focused, state, lines.length);
  return lines.map((line, row) => {
    const right = drawLine(beside[row] ?? { spans: [] }, state, theme);
    return `${line}${theme.paint('|', 'dim')}${right}`;
  });
}

function detailLines(state: FrameState, layout: Layout, theme: Theme): string[] {
  const { panes, width, time, sessions } = state;
  if (!panes.isOpen) return [];
  const pane = (of: DetailPane, columns: number, name: PaneName): string[] => {
    const session = of.message && sessions.get(of.message.session);
    const active = panes.active === name;
    return of
      .draw({ width: columns, height: layout.detail, active, time, session })
      .map((line) => drawLine(line, columns, theme));
  };
  if (layout.left === 0) {
    const name = panes.active === 'other' ? 'other' : 'detail';
    return pane(panes[name], width, name);
  }
  const left = pane(panes.detail, layout.left, 'detail');
  const right = pane(panes.other, width - layout.left - 1, 'other');
  return left.map((line, row) => `${line}${theme.paint('|', 'dim')}${right[row] ?? ''}`);
}

/** The last line: what has just happened, the note on the message, or the keys that help on. */
function noticeLine({ notice, view, width, marks, panes }: FrameState): Line {
  if (notice !== '') return plain(` ${cut(fitting(notice), width - 1)}`, 'bold');
  const note = view.focused && marks.noteOf(view.focused);
  if (note !== undefined) return plain(` note: ${note}`, 'bold');
  return plain(keyLine(panes.isOpen ? messageKeys : listKeys, width), 'dim');
}

const listKeys = [
  ...['Enter open', '/ filter', 'P pending', 's sessions', 'S statistics', 'F follow'],
  ...['? all keys', 'Q quit'],
];
const messageKeys = [
  ...['Tab next pane', 'z fold', '/ search', 'x raw, hex', '[ ] other half', 'y copy'],
  ...['Esc back', '? all keys'],
];

/** As many keys as fit; the last two, help and quit, are kept longest. */
function keyLine(keys: readonly string[], width: number): string {
  const shown = [...keys];
  const line = (): string => ` ${shown.join('  ')}`;
  while (shown.length > 2 && line().length > width) shown.splice(-3, 1);
  return cut(line(), width);
}

/** What lies at a place of the screen: a pane (a page counts as the list) and the row in it. */
export function paneAt(
  state: FrameState,
  row: number,
  column: number,
): { readonly pane: PaneName; readonly row: number } | undefined {
  const layout = layoutOf(state);
  if (row >= state.height - 2) return undefined;
  if (state.page !== undefined) {
    const at = row - 1 - state.page.headLines;
    return at < 0 ? undefined : { pane: 'list', row: at };
  }
  if (row < 2) return undefined;
  if (row - 2 < layout.list) {
    const isBeside = layout.state > 0 && column >= state.width - layout.state - 1;
    return isBeside ? undefined : { pane: 'list', row: row - 2 };
  }
  const at = row - 2 - layout.list - 1;
  if (at < 0) return undefined;
  if (layout.left === 0) return { pane: state.panes.active === 'other' ? 'other' : 'detail', row: at };
  return { pane: column <= layout.left ? 'detail' : 'other', row: at };
}
