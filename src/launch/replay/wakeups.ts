/** Lets others wait until something changes. */
export class Wakeups {
  readonly #waiting = new Set<() => void>();

  /** Resolves with the next change, or after that time. */
  next(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      this.#waiting.add(wake);
    });
  }

  /** Something has changed. */
  wake(): void {
    for (const wake of this.#waiting) wake();
  }
}
