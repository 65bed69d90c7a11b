/** Searches for the next matching message, forwards or backwards, in short steps. */
import type { Condition } from '../../recording/condition.js';
import type { Message } from '../../recording/message.js';
import type { RecordingReader } from '../../recording/ports.js';
import type { StepSize } from './view-step.js';

/** What is searched for. */
export interface Search {
  readonly where: Condition;
  readonly direction: 1 | -1;
  /** The index to search from; the message there is not looked at. */
  readonly from: number;
}

export class ViewSearch {
  readonly #reader: RecordingReader;
  readonly #pace: StepSize;
  readonly #where: Condition;
  readonly #direction: 1 | -1;
  /** The last index that was looked at. */
  #at: number;

  constructor(reader: RecordingReader, pace: StepSize, { where, direction, from }: Search) {
    this.#reader = reader;
    this.#pace = pace;
    this.#where = where;
    this.#direction = direction;
    this.#at = from;
  }

  /**
   * Does one step; the recording has `count` messages.
   * @returns the message found; null: there is none; undefined: not found yet
   */
  step(count: number): Message | null | undefined {
    const at = this.#at;
    const where = this.#where;
    const down = this.#direction === 1;
    const edge = down ? Math.min(at + this.#pace.size, count) + 1 : Math.max(at - this.#pace.size, 1) - 1;
    const range = down ? { after: at, before: edge } : { after: edge, before: at };
    const order = down ? 'asc' : 'desc';
    const [found] = this.#pace.take(() => [...this.#reader.messages({ ...range, where, order, limit: 1 })]);
    this.#at = down ? edge - 1 : edge + 1;
    const over = down ? edge > count : edge < 1;
    return found ?? (over ? null : undefined);
  }
}
