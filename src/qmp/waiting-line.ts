/**
 * Those who wait, in the order of their coming: anyone may leave, and the first is found at once. A Map
 * alone would do but for a peer that never answers: looking for its first entry passes all that have left.
 */

/** Numbered by `seq`, ascending. */
export class WaitingLine<T extends { readonly seq: number }> implements Iterable<T> {
  readonly #members = new Map<number, T>();
  #order: number[] = [];
  #head = 0;

  get size(): number {
    return this.#members.size;
  }

  add(member: T): void {
    this.#members.set(member.seq, member);
    this.#order.push(member.seq);
  }

  delete(seq: number): void {
    this.#members.delete(seq);
    while (this.#head < this.#order.length && !this.#members.has(this.#order[this.#head] ?? 0))
      this.#head += 1;
    if (this.#head * 2 > this.#order.length) {
      this.#order = this.#order.slice(this.#head);
      this.#head = 0;
    }
  }

  first(): T | undefined {
    return this.#members.get(this.#order[this.#head] ?? 0);
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let at = this.#head; at < this.#order.length; at += 1) {
      const member = this.#members.get(this.#order[at] ?? 0);
      if (member !== undefined) yield member;
    }
  }
}
