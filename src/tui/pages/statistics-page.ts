/**
 * Statistics of what is shown, gathered while the screen goes on: a table of the commands with bars for
 * their slowest, the events over time as a sparkline.
 */
import { escapeText, formatBytes, formatDuration } from '../../inspect/format.js';
import { gatherStatistics, type Statistics } from '../../inspect/stats/stats.js';
import { sparkline } from '../../text/table.js';
import type { Condition } from '../../recording/condition.js';
import type { RecordingReader } from '../../recording/ports.js';
import { cell, type Line, plain } from '../screen/line.js';
import { Page, type PageContent, scrolled } from './page.js';

/** Milliseconds between two looks at the keys. */
const step = 8;

export class StatisticsPage extends Page {
  readonly #steps: Generator<number, Statistics, void>;
  #read = 0;
  #found: Statistics | undefined;

  constructor(reader: RecordingReader, where: Condition) {
    super('statistics', (width) => {
      if (this.#found !== undefined) return contentOf(this.#found, width);
      return scrolled(`statistics: ${this.#read} messages read…`, []);
    });
    this.#steps = gatherStatistics([{ reader, range: { where } }]);
  }

  /** Reads on. */
  override work(): boolean {
    if (this.#found !== undefined) return false;
    for (const until = performance.now() + step; performance.now() < until;) {
      const { done, value } = this.#steps.next();
      if (done === true) this.#found = value;
      else this.#read = value;
      if (done === true) break;
    }
    return true;
  }
}

const barWidth = 12;

function contentOf(of: Statistics, width: number): PageContent {
  const title =
    `statistics: ${of.messages} messages, ${formatBytes(of.bytes)}, ${of.sessions === 1 ? '1 session' : `${of.sessions} sessions`} over ` +
    `${formatDuration(of.span)}, a command waiting ${percent(of.busy, of.sessionTime)} of the time`;
  const lines = [
    ...commandLines(of, width),
    ...eventLines(of),
    ...of.remarks.map((remark) => plain(` ${escapeText(remark)}`, 'warning')),
  ];
  return scrolled(title, lines);
}

function percent(part: number, whole: number): string {
  return whole > 0 ? `${Math.round((part / whole) * 100)} %` : '0 %';
}

function commandLines({ commands }: Statistics, width: number): Line[] {
  const slowest = commands.reduce((most, { max }) => Math.max(most, max ?? 0), 0);
  const name = Math.max(20, Math.min(40, width - 60));
  const head = ['count', 'errors', 'open', 'p50', 'p95', 'p99', 'max'].map((title) =>
    cell(title, 7, 'right'),
  );
  const rows = commands.map((command): Line => {
    const counts = [command.count, command.errors || '', command.unanswered || ''];
    const times = [command.p50, command.p95, command.p99, command.max];
    const text = counts.map((count) => cell(String(count), 7, 'right')).join('');
    const took = times.map((t) => cell(t === undefined ? '' : formatDuration(t), 7, 'right')).join('');
    const bar = slowest > 0 ? Math.ceil(((command.max ?? 0) / slowest) * barWidth) : 0;
    return {
      spans: [
        { text: ` ${cell(escapeText(command.name), name)}`, style: command.errors > 0 ? 'error' : 'command' },
        { text: `${text}${took} ` },
        { text: '█'.repeat(bar), style: 'bar' },
      ],
    };
  });
  return [plain(` ${cell('command', name)}${head.join('')}`, 'dim'), ...rows];
}

function eventLines({ events, axis }: Statistics): Line[] {
  if (events.length === 0) return [];
  const head = ` ${cell('event', 34)}${cell('count', 8, 'right')}${cell('per s', 8, 'right')}  over time, ${formatDuration(axis.bucket)} a step`;
  const rows = events.map((event): Line => ({
    spans: [
      { text: ` ${cell(escapeText(event.name), 34)}`, style: 'event' },
      { text: cell(String(event.count), 8, 'right') + cell(event.perSecond.toFixed(1), 8, 'right') + '  ' },
      { text: sparkline(event.overTime), style: 'bar' },
    ],
  }));
  return [{ spans: [] }, plain(head, 'dim'), ...rows];
}
