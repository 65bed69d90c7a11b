/** The columns of `top`, once: what the screen, the text, the order and the help are made of. */
import { escapeText, formatDuration } from '../format.js';
import type { MonitorRow } from './monitor-activity.js';

export interface TopColumn {
  /** What `--sort` calls it. */
  readonly key: string;
  readonly title: string;
  readonly help: string;
  readonly align: 'left' | 'right';
  readonly width: number;
  /** Escaped. */
  readonly text: (row: MonitorRow) => string;
  /** By which it is sorted, the largest first; a text the smallest first. */
  readonly sort: (row: MonitorRow) => number | string;
}

export const topColumns = [
  {
    key: 'vm',
    title: 'vm',
    help: 'the label, or the name of the recording; /agent: the guest agent',
    align: 'left',
    width: 20,
    text: ({ name, monitor }) => escapeText(monitor === 'qga' ? `${name}/agent` : name),
    sort: ({ name, monitor }) => `${name} ${monitor}`,
  },
  {
    key: 'client',
    title: 'held by',
    help: 'the client that has the monitor; +1: another one waits; of a host also monitors without a client',
    align: 'left',
    width: 22,
    text: ({ client, others }) => `${escapeText(client)}${others > 0 ? ` +${others}` : ''}`,
    sort: ({ client }) => client,
  },
  {
    key: 'held',
    title: 'for',
    help: 'how long it has had it',
    align: 'right',
    width: 7,
    text: ({ held, state }) => (state === undefined ? formatDuration(held * 1e9) : ''),
    sort: ({ held }) => held,
  },
  {
    key: 'pending',
    title: 'pending',
    help: 'commands without a response',
    align: 'right',
    width: 8,
    text: ({ pending }) => (pending === 0 ? '' : String(pending)),
    sort: ({ pending }) => pending,
  },
  {
    key: 'waiting',
    title: 'waiting',
    help: 'how long the oldest of them waits, and which it is',
    align: 'left',
    width: 30,
    text: ({ oldest }) =>
      oldest === undefined ? '' : `${formatDuration(oldest.seconds * 1e9)} ${escapeText(oldest.command)}`,
    sort: ({ oldest }) => oldest?.seconds ?? -1,
  },
  {
    key: 'errors',
    title: 'errors',
    help: 'error responses of the last minute',
    align: 'right',
    width: 7,
    text: ({ errors }) => (errors === 0 ? '' : String(errors)),
    sort: ({ errors }) => errors,
  },
  {
    key: 'rate',
    title: '/s',
    help: 'exchanges a second, over the last ten',
    align: 'right',
    width: 6,
    text: ({ rate, state }) => (state === undefined ? rate.toFixed(1) : ''),
    sort: ({ rate }) => rate,
  },
  {
    key: 'slowest',
    title: 'slowest',
    help: 'the slowest exchange of the last minute',
    align: 'left',
    width: 30,
    text: ({ slowest }) =>
      slowest === undefined ? '' : `${formatDuration(slowest.latency)} ${escapeText(slowest.command)}`,
    sort: ({ slowest }) => slowest?.latency ?? -1,
  },
] as const satisfies readonly TopColumn[];

/** What `top` can be sorted by. */
export type TopSort = (typeof topColumns)[number]['key'];

/** What waits longest is what people look for. */
export const usualSort: TopSort = 'waiting';

/** The rows in the order of a column, equal ones by their names. */
export function sortedRows(rows: readonly MonitorRow[], key: TopSort): readonly MonitorRow[] {
  const column: TopColumn | undefined = topColumns.find((one) => one.key === key);
  const byName = (a: MonitorRow, b: MonitorRow): number => compared(nameOf(a), nameOf(b));
  if (column === undefined) return [...rows].sort(byName);
  return [...rows].sort((a, b) => {
    const [one, other] = [column.sort(a), column.sort(b)];
    return (typeof one === 'string' ? compared(one, String(other)) : Number(other) - one) || byName(a, b);
  });
}

/** A monitor's name among all. */
export function nameOf({ name, monitor, file }: MonitorRow): string {
  return `${name} ${monitor} ${file ?? ''}`;
}

function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A row as a line of JSON has it. */
export function topJson({ name, monitor, held, oldest, rate, slowest, ...row }: MonitorRow): object {
  const seconds = (value: number): number => Math.round(value * 1000) / 1000;
  return {
    type: 'vm',
    label: name,
    monitor,
    ...row,
    heldSeconds: seconds(held),
    oldest: oldest && { command: oldest.command, seconds: seconds(oldest.seconds) },
    perSecond: seconds(rate),
    slowest: slowest && { command: slowest.command, latencyUs: Math.round(slowest.latency / 1000) },
  };
}
