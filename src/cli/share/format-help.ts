/** The formats as `--help` lists them, from the table of `formats/table.ts`. */
import { type Format, type FormatName, formats } from '../../formats/table.js';

/** A line for each name: what the format is, and what becomes of it in this direction. */
export function formatHelp(names: readonly FormatName[], direction: 'export' | 'import'): string {
  const width = Math.max(...names.map((name) => name.length));
  const lines = names.map((name) => {
    const { about, ...format }: Format = formats[name];
    return `  ${name.padEnd(width)} ${about}: ${format[direction] ?? ''}`;
  });
  return lines.join('\n');
}
