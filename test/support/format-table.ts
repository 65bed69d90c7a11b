/** The table of formats as Markdown, for docs/formats.md. */
import { type Format, formats } from '../../src/formats/table.js';

/** A row for each format, export before import. */
export function formatTable(): string {
  const rows = Object.entries<Format>(formats).map(([name, format]) => {
    const endings = format.endings.map((ending) => `\`${ending}\``).join(' ');
    return [`\`${name}\``, format.about, endings, format.export ?? '', format.import ?? ''];
  });
  const table = [['format', 'what it is', 'file', 'export', 'import'], ...rows];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = table;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
