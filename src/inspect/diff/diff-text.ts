/** A comparison as text for people and as lines of JSON for programs. */
import type { Difference } from '../../json/difference.js';
import type { RecordingReader } from '../../recording/ports.js';
import type { Session } from '../../recording/session.js';
import type { DiffEntry, SessionDiff } from './diff.js';
import type { RecordingDiff } from './diff-recordings.js';
import { escapeText, frameText, serverName } from '../format.js';

/** A line of the text and its style; all is escaped. */
export interface DiffLine {
  readonly style: 'heading' | 'removed' | 'added' | 'moved' | 'changed' | 'detail' | 'summary';
  readonly text: string;
}

/** The two recordings, and by what names the user knows them. */
export interface DiffSides {
  readonly a: RecordingReader;
  readonly b: RecordingReader;
  readonly nameA: string;
  readonly nameB: string;
}

/** More differences than this inside one exchange are counted, not shown. */
const maxDetails = 20;
/** So much of a command's text is shown. */
const maxText = 300;

/** The whole account, line by line. */
export function* diffText(diff: RecordingDiff, sides: DiffSides): Iterable<DiffLine> {
  for (const session of diff.sessions) yield* sessionText(session, sides);
  for (const session of diff.onlyA) yield onlyIn(session, 'removed', sides.nameA);
  for (const session of diff.onlyB) yield onlyIn(session, 'added', sides.nameB);
  if (diff.sessions.length + diff.onlyA.length + diff.onlyB.length === 0) {
    yield { style: 'summary', text: 'neither recording has a session' };
  }
}

function* sessionText(session: SessionDiff, sides: DiffSides): Iterable<DiffLine> {
  yield { style: 'heading', text: `--- ${sideName(sides.a, session.a, sides.nameA)}` };
  yield { style: 'heading', text: `+++ ${sideName(sides.b, session.b, sides.nameB)}` };
  for (const entry of session.entries) yield* entryText(entry, session, sides);
  yield { style: 'summary', text: summary(session, sides) };
}

function sideName(reader: RecordingReader, id: number, name: string): string {
  const session = reader.session(id);
  return `${escapeText(name)} session ${id}${session === undefined ? '' : `, ${described(session)}`}`;
}

function described(session: Session): string {
  return session.label === undefined
    ? serverName(session)
    : `${escapeText(session.label)}, ${serverName(session)}`;
}

function onlyIn(session: Session, style: 'removed' | 'added', name: string): DiffLine {
  const text = `session ${session.id} (${described(session)}, ${session.messages} messages) is only in`;
  return { style, text: `${marks[style]} ${text} ${escapeText(name)}` };
}

const marks = { removed: '-', added: '+', moved: '>', changed: '~' } as const;

function* entryText(entry: DiffEntry, session: SessionDiff, sides: DiffSides): Iterable<DiffLine> {
  const places = `${place(entry.a)} ${place(entry.b)}`;
  yield { style: entry.change, text: `${marks[entry.change]} ${places}  ${said(entry, session, sides)}` };
  for (const difference of entry.differences.slice(0, maxDetails)) {
    yield { style: 'detail', text: `                  ${differenceText(difference)}` };
  }
  const more = entry.differences.length - maxDetails;
  if (more > 0) yield { style: 'detail', text: `                  and ${more} more differences` };
  if (entry.name === 'query-qmp-schema' && entry.differences.length > 0) {
    yield { style: 'detail', text: '                  `qmptap schema diff` tells what' };
  }
}

function place(seq: number | undefined): string {
  return (seq === undefined ? '' : `#${seq}`).padStart(7);
}

function said(
  { change, type, name, a, b }: DiffEntry,
  session: SessionDiff,
  { a: readerA, b: readerB }: DiffSides,
): string {
  if (change === 'changed' || type === 'greeting') return `${arrow(type)} ${escapeText(name)}`;
  const message = a === undefined ? readerB.message(session.b, b ?? 0) : readerA.message(session.a, a);
  const text = message === undefined ? escapeText(name) : frameText(message.raw, maxText);
  const cut = message !== undefined && message.raw.length > maxText + 4 ? '...' : '';
  return `${arrow(type)} ${text}${cut}${change === 'moved' ? '  (moved)' : ''}`;
}

function arrow(type: DiffEntry['type']): string {
  return type === 'exchange' ? '->' : type === 'other' ? '  ' : '<-';
}

/** `return.status: "running" | "paused"`; escaped. */
export function differenceText({ path, expected, actual }: Difference): string {
  const [a, b] = [expected, actual].map((value) => (value === undefined ? undefined : escapeText(value)));
  if (a === undefined) return `${escapeText(path)}: + ${b ?? ''}`;
  if (b === undefined) return `${escapeText(path)}: - ${a}`;
  return `${escapeText(path)}: ${a} | ${b}`;
}

function summary({ exchanges, events, entries }: SessionDiff, { nameA, nameB }: DiffSides): string {
  const counted = (change: DiffEntry['change']): number =>
    entries.filter((entry) => entry.change === change).length;
  const parts = [
    [counted('removed'), `only in ${nameA}`],
    [counted('added'), `only in ${nameB}`],
    [counted('moved'), 'moved'],
    [counted('changed'), 'changed'],
  ] as const;
  const found = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const same = `${exchanges.same} of ${Math.max(exchanges.a, exchanges.b)} exchanges and ${events.same} of ${Math.max(events.a, events.b)} events are the same`;
  return escapeText(found.length === 0 ? same : `${same}; ${found.join(', ')}`);
}

/** What `diff --json` prints: an object for each difference, and one at the end. */
export function* diffJson(diff: RecordingDiff): Iterable<object> {
  for (const { a, b, entries } of diff.sessions) {
    for (const entry of entries) {
      yield {
        type: 'difference',
        sessions: [a, b],
        change: entry.change,
        of: entry.type,
        name: entry.name,
        a: entry.a,
        b: entry.b,
        differences: entry.differences.map(({ path, expected, actual }) => ({
          path,
          a: expected,
          b: actual,
        })),
      };
    }
  }
  yield {
    type: 'diff',
    same: diff.same,
    sessions: diff.sessions.map(({ a, b, exchanges, events }) => ({ a, b, exchanges, events })),
    onlyA: diff.onlyA.map(({ id }) => id),
    onlyB: diff.onlyB.map(({ id }) => id),
  };
}
