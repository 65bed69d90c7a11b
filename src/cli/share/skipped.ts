/** What an import left out: counted by reason, each with the first lines that it was met on. */
import { escapeText } from '../../inspect/format.js';

/** Reasons listed at most: a file of nonsense may have a new one on each line. */
const maximumReasons = 20;
const shownLines = 3;

export class Skipped {
  readonly #reasons = new Map<string, { count: number; lines: number[] }>();
  #others = 0;

  add(line: number, why: string): void {
    let reason = this.#reasons.get(why);
    if (reason === undefined) {
      if (this.#reasons.size >= maximumReasons) {
        this.#others += 1;
        return;
      }
      reason = { count: 0, lines: [] };
      this.#reasons.set(why, reason);
    }
    reason.count += 1;
    if (reason.lines.length < shownLines) reason.lines.push(line);
  }

  /** A line for each reason: `FILE:12, 40 and 3 more: why`. */
  lines(file: string): string[] {
    const told = Array.from(this.#reasons, ([why, { count, lines }]) => {
      const more = count > lines.length ? ` and ${count - lines.length} more` : '';
      return `${file}:${lines.join(', ')}${more}: left out: ${escapeText(why)}`;
    });
    return this.#others > 0 ? [...told, `${file}: ${this.#others} more lines left out`] : told;
  }
}
