/** A queue whose first member is taken out at once, however many wait: an array moves all that is behind it. */

/** Taken members stay in the array until there are more than this, and they are half of it. */
const mostTaken = 1024;

export class Fifo<T> {
  #items: T[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** The member at a place, counted from the first one that waits. */
  at(place: number): T | undefined {
    return place < 0 ? undefined : this.#items[this.#head + place];
  }

  /** Puts a member before the one at a place, or behind the last. */
  insert(place: number, item: T): void {
    this.#items.splice(this.#head + place, 0, item);
  }

  /** Takes out the first, or one of the next: those before it are moved. */
  take(place = 0): T | undefined {
    const item = this.at(place);
    if (place >= this.size) return undefined;
    this.#items.copyWithin(this.#head + 1, this.#head, this.#head + place);
    this.#head += 1;
    if (this.#head > mostTaken && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
