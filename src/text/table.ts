/** Columns of text, for printed tables. */

export interface Column {
  readonly title: string;
  /** Numbers are aligned to the right. */
  readonly align?: 'left' | 'right';
}

/** A table's lines, the titles first; cells must be escaped already. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map(({ title }, at) =>
    rows.reduce((width, row) => Math.max(width, row[at]?.length ?? 0), title.length),
  );
  return [columns.map(({ title }) => title), ...rows].map((row) =>
    columns
      .map(({ align }, at) => {
        const cell = row[at] ?? '';
        return align === 'right' ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0);
      })
      .join('  ')
      .trimEnd(),
  );
}

const bars = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Counts as a line of bars; a bucket that is not empty is never blank. */
export function sparkline(counts: readonly number[]): string {
  const most = counts.reduce((max, count) => Math.max(max, count), 0);
  return counts.map((count) => bars[most === 0 ? 0 : Math.ceil((count / most) * 8)] ?? ' ').join('');
}
