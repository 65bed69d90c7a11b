/** Counts the matching messages that came since a view stopped following, in short steps. */
import type { Condition } from '../../recording/condition.js';
import type { RecordingReader } from '../../recording/ports.js';
import type { StepSize } from './view-step.js';

/** Counting stops here. */
const maxFresh = 9_999;
/** Messages that one step counts at most. */
const limit = 500;

export class FreshCount {
  readonly #reader: RecordingReader;
  readonly #pace: StepSize;
  count = 0;
  /** The index of the last message that was looked at. */
  upTo = 0;

  constructor(reader: RecordingReader, pace: StepSize) {
    this.#reader = reader;
    this.#pace = pace;
  }

  /** Starts at zero, after the message with this index. */
  begin(upTo: number): void {
    this.count = 0;
    this.upTo = upTo;
  }

  /** Adds messages that are known to match, up to that index. */
  add(more: number, upTo: number): void {
    this.count += more;
    this.upTo = upTo;
  }

  /** Counts on; the recording has `last` messages. False: nothing is left to count. */
  step(where: Condition, last: number): boolean {
    const { count, upTo } = this;
    if (upTo >= last || count >= maxFresh) return false;
    const before = Math.min(upTo + this.#pace.size, last) + 1;
    const found = this.#pace.take(() => [...this.#reader.messages({ where, after: upTo, before, limit })]);
    this.add(found.length, found.length === limit ? (found.at(-1)?.index ?? upTo) : before - 1);
    return true;
  }
}
