/** The pages over the list: pending commands, sessions, help. What Enter does is given by the caller. */
import { escapeText, formatBytes, formatDuration, peerName, serverName } from '../../inspect/format.js';
import { filterHelp } from '../../inspect/filter/help.js';
import type { Session } from '../../recording/session.js';
import { timeOfDay } from '../clock.js';
import { keyHelp } from '../input/keymap.js';
import { cell, type Line, plain } from '../screen/line.js';
import { kindLetters } from '../panes/list-pane.js';
import { type PageContent, type PageEntry, scrolled } from './page.js';
import { pendingCount, type PendingItem } from './pending.js';

export function pendingPage(
  items: readonly PendingItem[],
  sessions: ReadonlyMap<number, Session>,
  open: (item: PendingItem) => void,
): PageContent {
  const running = items.filter((item) => item.running).length;
  const title =
    items.length === 0
      ? 'nothing is pending: every command has its response'
      : `${pendingCount(items.length)} not over, ${running} of them may still end`;
  const entry = (place: number): PageEntry => {
    const item = items[place];
    if (item === undefined) return { line: plain('') };
    const age = `${formatDuration(item.age)} ${item.running ? ' ' : 'x'}`;
    const label = sessions.get(item.session)?.label ?? '';
    const line: Line = {
      spans: [
        { text: ` ${cell(age, 10, 'right')}  `, style: item.running ? 'slow' : 'dim' },
        { text: cell(escapeText(item.name), 40), style: item.story ? 'event' : 'command' },
        { text: `  #${item.session}/${item.seq} ${escapeText(label)}`, style: 'dim' },
      ],
    };
    return {
      line,
      open: () => {
        open(item);
      },
    };
  };
  const heading = plain(
    `     waits    command, job, …${' '.repeat(25)}session/message   (x: it is too late)`,
    'dim',
  );
  return { title, heading, length: items.length, entry, selects: true };
}

export function sessionsPage(
  sessions: readonly Session[],
  live: boolean,
  open: (session: number | undefined) => void,
): PageContent {
  const all: PageEntry = { line: plain(' all sessions'), open: () => { open(undefined); } }; // prettier-ignore
  const entry = (place: number): PageEntry => {
    const session = sessions[place - 1];
    if (session === undefined) return all;
    const end = session.end ?? (live ? 'open' : 'cut-off');
    const reason = session.endReason === undefined ? '' : ` (${escapeText(session.endReason)})`;
    const columns = [
      cell(String(session.id), 5, 'right'),
      cell(escapeText(session.label ?? '-'), 14),
      cell(serverName(session), 22),
      cell(timeOfDay(session.started).slice(0, 8), 8),
      cell(session.ended === undefined ? '' : formatDuration(session.ended), 7, 'right'),
      cell(String(session.messages), 9, 'right'),
      cell(formatBytes(session.bytes), 8, 'right'),
      `${end}${reason}  ${peerName(session.client)}${session.notes.map((note) => `  ! ${escapeText(note)}`).join('')}`,
    ];
    return { line: plain(columns.join(' ')), open: () => { open(session.id); } }; // prettier-ignore
  };
  const heading = plain(
    [
      cell('#', 5, 'right'),
      cell('label', 14),
      cell('server', 22),
      cell('began', 8),
      cell('lasted', 7, 'right'),
      cell('messages', 9, 'right'),
      cell('bytes', 8, 'right'),
      'ended by, client',
    ].join(' '),
    'dim',
  );
  return {
    title: `sessions: ${sessions.length}`,
    heading,
    length: sessions.length + 1,
    entry,
    selects: true,
  };
}

export function helpPage(sends: boolean, width: number): PageContent {
  const keys = keyHelp(sends).map(({ keys: names, help }): Line => {
    return { spans: [{ text: ` ${cell(names, 20)} `, style: 'key' }, { text: help }] };
  });
  const letters = Object.entries(kindLetters).map(
    ([kind, letter]) => `${letter} ${kind === 'success' ? 'success response' : kind}`,
  );
  const notes = [
    '',
    ` kinds:  ${letters.slice(0, 5).join('   ')}`,
    `         ${letters.slice(5).join('   ')}`,
    ' signs:  * marked   ; has a note   12s… still waiting   12s! slow   no reply: never answered',
    '',
    ' filter:',
    ...filterHelp(width).split('\n'),
  ];
  return scrolled('keys', [...keys, ...notes.map((note) => plain(note, 'dim'))]);
}
