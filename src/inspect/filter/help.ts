/** The terms of the filter as text: for `--help`, the help of the terminal UI and the documents. */
import { fields } from '../../recording/fields/fields.js';

export interface TermHelp {
  readonly example: string;
  readonly help: string;
}

/** A term for each row of the table of fields, then terms that are not fields. */
export const filterTerms: readonly TermHelp[] = [
  ...[...fields.values()].map(({ example, help }) => ({ example, help })),
  { example: 'vda "a b"', help: 'this text is in the message, in any case of its letters' },
  { example: '/vd[ab]/i', help: 'the regular expression matches; i: in any case' },
  { example: 'A B, A or B, not A, (A)', help: 'both, either, what does not match, together' },
];

/** Lines for a terminal; `columns`: how wide it is, where they are to be broken. */
export function filterHelp(columns = Infinity): string {
  const width = Math.max(...filterTerms.map(({ example }) => example.length));
  const rest = Math.max(20, columns - width - 4);
  return filterTerms
    .flatMap(({ example, help }) =>
      broken(help, rest).map((part, place) => `  ${(place === 0 ? example : '').padEnd(width)}  ${part}`),
    )
    .join('\n');
}

/** Between words. */
function broken(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines.push(`${lines.pop() ?? ''} ${word}`);
    else lines.push(word);
  }
  return lines;
}

/** A table in Markdown, laid out as prettier does. */
export function filterTable(): string {
  const rows = [
    ['term', 'finds'],
    ...filterTerms.map(({ example, help }) => [`\`${example}\``, help.replaceAll('*', '\\*')]),
  ];
  const widths = [0, 1].map((at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const lines = rows.map((row) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`);
  lines.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  return lines.join('\n');
}
