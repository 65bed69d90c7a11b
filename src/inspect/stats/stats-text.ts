/** Statistics as text for people and as plain data for programs. */
import { counted, escapeText, formatBytes, formatDuration, formatSeconds } from '../format.js';
import type { Place } from './session-course.js';
import type { Statistics } from './stats.js';
import { type Column, sparkline, tableLines } from '../../text/table.js';

/** The blocks of the text, each with a heading and its lines; all is escaped. */
export interface TextBlock {
  readonly heading: string;
  readonly lines: readonly string[];
}

const right = 'right' as const;
const number = (title: string): Column => ({ title, align: right });

/** What there is to tell, one block after the other; what there is nothing of has no block. */
export function statisticsText(statistics: Statistics): readonly TextBlock[] {
  const blocks = [
    commandBlock(statistics),
    eventBlock(statistics),
    slowestBlock(statistics),
    gapBlock(statistics),
    unansweredBlock(statistics),
    { heading: 'remarks', lines: statistics.remarks.map(escapeText) },
  ];
  return [{ heading: summary(statistics), lines: [] }, ...blocks.filter(({ lines }) => lines.length > 0)];
}

function summary({ recordings, sessions, messages, bytes, sessionTime, busy, kinds }: Statistics): string {
  const parts = [
    ...(recordings.length > 1 ? [counted(recordings.length, 'recording')] : []),
    counted(sessions, 'session'),
    counted(messages, 'message'),
    formatBytes(bytes),
    formatDuration(sessionTime),
    ...(sessionTime > 0 ? [`the monitor busy ${percent(busy / sessionTime)} of it`] : []),
    ...(['malformed', 'partial'] as const).flatMap((kind) => {
      const count = kinds[kind];
      return count === undefined ? [] : [`${count} ${kind}`];
    }),
  ];
  return parts.join(', ');
}

function commandBlock({ commands }: Statistics): TextBlock {
  const columns = [
    { title: 'command' },
    ...['count', 'errors', 'unanswered', 'p50', 'p95', 'p99', 'max', 'total', 'sent', 'received'].map(number),
  ];
  const rows = commands.map((command) => [
    escapeText(command.name),
    String(command.count),
    command.errors === 0 ? '' : String(command.errors),
    command.unanswered === 0 ? '' : String(command.unanswered),
    ...[command.p50, command.p95, command.p99, command.max].map((time) =>
      time === undefined ? '' : formatDuration(time),
    ),
    command.p50 === undefined ? '' : formatDuration(command.total),
    formatBytes(command.bytes.c2s),
    formatBytes(command.bytes.s2c),
  ]);
  return block('', columns, rows);
}

function eventBlock({ events, axis }: Statistics): TextBlock {
  const columns = [
    { title: 'event' },
    number('count'),
    number('per second'),
    number('bytes'),
    { title: `over time, ${formatDuration(axis.bucket)} each` },
  ];
  const rows = events.map(({ name, count, perSecond, bytes, overTime }) => [
    escapeText(name),
    String(count),
    perSecond < 100 ? perSecond.toPrecision(2) : perSecond.toFixed(0),
    formatBytes(bytes),
    sparkline(overTime),
  ]);
  return block('', columns, rows);
}

function slowestBlock(statistics: Statistics): TextBlock {
  const rows = statistics.slowest.map((found) => [
    formatDuration(found.latency),
    ...placeCells(statistics, found),
    escapeText(found.command),
  ]);
  return block('slowest', [number('took'), ...placeColumns, { title: 'command' }], rows);
}

function gapBlock(statistics: Statistics): TextBlock {
  const rows = statistics.gaps.map((found) => [
    formatDuration(found.silence),
    ...placeCells(statistics, found),
  ]);
  return block('longest silences', [number('lasted'), ...placeColumns.with(-1, number('until'))], rows);
}

function unansweredBlock(statistics: Statistics): TextBlock {
  const { unanswered, unansweredCount } = statistics;
  const rows = unanswered
    .slice(0, 20)
    .map((found) => [
      formatDuration(found.waited),
      ...placeCells(statistics, found),
      escapeText(found.command),
    ]);
  const found = block('unanswered', [number('waited'), ...placeColumns, { title: 'command' }], rows);
  const more = unansweredCount - rows.length;
  return more > 0 ? { ...found, lines: [...found.lines, `and ${more} more`] } : found;
}

const placeColumns: readonly Column[] = [{ title: 'where' }, number('at')];

function placeCells({ recordings }: Statistics, { recording, session, seq, t }: Place): string[] {
  const file = recordings.length > 1 ? `${escapeText(recordings[recording] ?? '')} ` : '';
  return [`${file}session ${session} #${seq}`, formatSeconds(t)];
}

function block(heading: string, columns: readonly Column[], rows: readonly (readonly string[])[]): TextBlock {
  return { heading, lines: rows.length === 0 ? [] : tableLines(columns, rows) };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

/** What `stats --json` prints: seconds to the microsecond, latencies in microseconds. */
export function statisticsJson(statistics: Statistics): object {
  const { recordings } = statistics;
  const place = ({ recording, session, seq, t }: Place): object => ({
    ...(recordings.length > 1 ? { recording } : {}),
    session,
    seq,
    t: seconds(t),
  });
  return {
    type: 'statistics',
    recordings,
    sessions: statistics.sessions,
    messages: statistics.messages,
    bytes: statistics.bytes,
    kinds: statistics.kinds,
    span: seconds(statistics.span),
    sessionTime: seconds(statistics.sessionTime),
    busy: seconds(statistics.busy),
    commands: statistics.commands.map(({ name, count, errors, unanswered, bytes, ...times }) => ({
      name,
      count,
      errors,
      unanswered,
      p50Us: micros(times.p50),
      p95Us: micros(times.p95),
      p99Us: micros(times.p99),
      maxUs: micros(times.max),
      totalUs: micros(times.total),
      bytes,
    })),
    events: statistics.events,
    axis: { bucket: seconds(statistics.axis.bucket), overTime: statistics.axis.overTime },
    slowest: statistics.slowest.map((found) => ({
      ...place(found),
      command: found.command,
      latencyUs: micros(found.latency),
    })),
    gaps: statistics.gaps.map((found) => ({ ...place(found), silence: seconds(found.silence) })),
    unanswered: statistics.unanswered.map((found) => ({
      ...place(found),
      command: found.command,
      waited: seconds(found.waited),
    })),
    unansweredCount: statistics.unansweredCount,
    remarks: statistics.remarks,
  };
}

function seconds(ns: number): number {
  return Math.round(ns / 1000) / 1e6;
}

function micros(ns: number | undefined): number | undefined {
  return ns === undefined ? undefined : Math.round(ns / 1000);
}
