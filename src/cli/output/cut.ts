/** Lines cut to the width of a terminal. */

/**
 * What takes two cells of a terminal: Hangul, kana, ideographs and full-width forms (Unicode's East Asian Width).
 * Emoji and what else lies beyond the BMP is escaped before.
 */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;

/** Cuts a line of plain text to a width; the last cell tells that something is missing. */
export function cut(text: string, width: number | undefined): string {
  if (width === undefined || (text.length <= width && !wide.test(text))) return text;
  let cells = 0;
  let kept = 0;
  for (const unit of text) {
    cells += wide.test(unit) ? 2 : 1;
    if (cells > width) return width < 1 ? '' : `${text.slice(0, kept)}…`;
    if (cells < width) kept += unit.length;
  }
  return text;
}

/** How many bytes of UTF-8 surely fill a line of this width, whatever they spell. */
export function bytesOfLine(width: number | undefined): number {
  return width === undefined ? Infinity : width * 4;
}
