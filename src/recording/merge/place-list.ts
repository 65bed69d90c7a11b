/** Maps the messages of one recording to their places in the merged list. Both numbers only ascend. */

const firstCapacity = 256;

export class PlaceList {
  #indexes = new Float64Array(firstCapacity);
  #places = new Float64Array(firstCapacity);
  #length = 0;

  /** The index of the last message that has a place; 0: none has. */
  get lastIndex(): number {
    return this.#length === 0 ? 0 : (this.#indexes[this.#length - 1] ?? 0);
  }

  add(index: number, place: number): void {
    if (this.#length === this.#indexes.length) {
      this.#indexes = doubled(this.#indexes);
      this.#places = doubled(this.#places);
    }
    this.#indexes[this.#length] = index;
    this.#places[this.#length] = place;
    this.#length++;
  }

  /** Undefined: it has none yet. */
  placeOf(index: number): number | undefined {
    const at = notAbove(this.#indexes, this.#length, index) - 1;
    return this.#indexes[at] === index ? this.#places[at] : undefined;
  }

  /** The index of the last message whose place is not above this one; 0: there is none. */
  lastUpTo(place: number): number {
    const count = notAbove(this.#places, this.#length, place);
    return count === 0 ? 0 : (this.#indexes[count - 1] ?? 0);
  }
}

function doubled(numbers: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}

/** How many of the first `length` numbers, which ascend, are not above `limit`. */
export function notAbove(numbers: ArrayLike<number>, length: number, limit: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? Infinity) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
