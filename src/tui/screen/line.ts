/**
 * A line of the screen: pieces of text with styles, fitted to a width. The last check before the terminal: escapes
 * every character that a terminal might obey or measure differently.
 */
import type { Style, Theme } from './theme.js';

export interface Span {
  readonly text: string;
  readonly style?: Style | undefined;
}

/** `style`: what lies under the whole line; it reaches to the edge of the screen. */
export interface Line {
  readonly spans: readonly Span[];
  readonly style?: Style | undefined;
}

/** Beside ASCII: Latin, Greek and Cyrillic letters, the ellipsis, and the blocks that bars are drawn with. */
const unfit =
  /[^\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0373\u037b-\u037d\u0386-\u03ff\u0400-\u0482\u048a-\u052f\u2026\u2500-\u259f]/g;

/** Text that takes one cell for each of its units. */
export function fitting(text: string): string {
  return text.replace(unfit, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A line of plain text. */
export function plain(text: string, style?: Style): Line {
  return { spans: [{ text, style }] };
}

/** Text cut or filled to a width. */
export function cell(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const fit = cut(fitting(text), width);
  return align === 'left' ? fit.padEnd(width) : fit.padStart(width);
}

/** Text cut to a width; an ellipsis shows that it was cut. */
export function cut(text: string, width: number): string {
  if (text.length <= width) return text;
  return width < 1 ? '' : `${text.slice(0, width - 1)}…`;
}

/** How long a line is before it is fitted. */
export function lineLength(line: Line): number {
  return line.spans.reduce((sum, { text }) => sum + fitting(text).length, 0);
}

/** The line as the terminal gets it, exactly `width` cells. */
export function drawLine(line: Line, width: number, theme: Theme): string {
  let left = width;
  let drawn = '';
  const longer = lineLength(line) > width;
  for (const { text, style } of line.spans) {
    if (left <= 0) break;
    const fit = fitting(text);
    const part = longer && fit.length >= left ? cut(`${fit} `, left) : fit;
    drawn += theme.paint(part, line.style, style);
    left -= part.length;
  }
  return left > 0 ? drawn + theme.paint(' '.repeat(left), line.style) : drawn;
}
