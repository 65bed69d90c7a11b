/** Marks and notes, looked up for every row and changed by keys. */
import type { Mark, MarkKeeper } from '../../recording/marks.js';
import type { MessageRef } from '../../recording/message.js';

export class MarkList {
  readonly #keeper: MarkKeeper | undefined;
  readonly #marks = new Map<string, Mark>();

  constructor(keeper: MarkKeeper | undefined) {
    this.#keeper = keeper;
    for (const mark of keeper?.marks() ?? []) this.#marks.set(keyOf(mark), mark);
  }

  list(): readonly Mark[] {
    return [...this.#marks.values()];
  }

  /** `;` a note, `*` a mark, a space: neither. */
  sign(message: MessageRef): string {
    const mark = this.#marks.get(keyOf(message));
    return mark === undefined ? ' ' : mark.note === undefined ? '*' : ';';
  }

  noteOf(message: MessageRef): string | undefined {
    return this.#marks.get(keyOf(message))?.note;
  }

  /** Marks a message or takes its mark off; gives a word on what was done. */
  toggle(message: MessageRef): string {
    const mark = this.#marks.get(keyOf(message));
    if (mark?.note !== undefined) return 'it has a note, which is a mark too; ; changes it';
    return mark === undefined ? this.#put(message, undefined) : this.#remove(message);
  }

  /** An empty note removes it. */
  setNote(message: MessageRef, text: string): string {
    return text.trim() === '' ? this.#remove(message) : this.#put(message, text.trim());
  }

  #put({ session, seq }: MessageRef, note: string | undefined): string {
    if (this.#keeper === undefined) return 'marks cannot be kept here';
    const mark = { session, seq, note };
    this.#keeper.put(mark);
    this.#marks.set(keyOf(mark), mark);
    // A note is shown by itself.
    return note === undefined ? 'marked' : '';
  }

  #remove(message: MessageRef): string {
    this.#keeper?.remove(message);
    this.#marks.delete(keyOf(message));
    return 'mark taken off';
  }
}

function keyOf({ session, seq }: MessageRef): string {
  return `${session}/${seq}`;
}
