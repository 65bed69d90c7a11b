/** A bar on standard error for work that takes long; nothing where that is no terminal. */
import { formatBytes } from '../../inspect/format.js';

/** Shown from here on; what is done sooner needs no bar. */
const patience = 300;
const interval = 100;
const cells = 30;

export class ProgressBar {
  readonly #total: number | undefined;
  readonly #begun = performance.now();
  #latest = 0;
  #shown = false;

  /** `total` in bytes; undefined if it is not known. */
  constructor(total: number | undefined) {
    this.#total = total;
  }

  at(bytes: number): void {
    const now = performance.now();
    if (!process.stderr.isTTY || now - this.#begun < patience || now - this.#latest < interval) return;
    this.#latest = now;
    this.#shown = true;
    const speed = `${formatBytes(bytes / ((now - this.#begun) / 1000))}/s`;
    process.stderr.write(`\r${this.#bar(bytes)} ${formatBytes(bytes)}, ${speed}\u001b[K`);
  }

  /** Takes the bar away. */
  end(): void {
    if (this.#shown) process.stderr.write('\r\u001b[K');
  }

  #bar(bytes: number): string {
    if (this.#total === undefined || this.#total === 0) return 'read';
    const share = Math.min(1, bytes / this.#total);
    const full = Math.round(share * cells);
    return `[${'#'.repeat(full)}${'.'.repeat(cells - full)}] ${String(Math.floor(share * 100)).padStart(3)} %`;
  }
}
